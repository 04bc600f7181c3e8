//! What the simulated Entra knows and how its user behaves: one switch in the simulator's options.

/// What the token endpoints know. The default accepts any certificate and any federated token, and its user signs in at the
/// second question.
#[derive(Clone, Debug)]
pub struct Entra {
    /// The application's certificates, DER: assertions must be signed by the key of one of them. Without any, every assertion
    /// is taken.
    pub certificates: Vec<Vec<u8>>,
    /// The federated token that is taken. Default: every one.
    pub federated_token: Option<String>,
    /// Who opens the page and enters the code.
    pub user: User,
    /// The user's name.
    pub user_name: String,
    /// Whether a refresh token is good for one use only. Default false, as with Entra.
    pub refresh_once: bool,
    /// The directory of the machine's own identity.
    pub machine_directory: String,
}

/// What the user does who was shown a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// Signs in while so many questions are answered `authorization_pending`.
    SignsInAfter(u32),
    /// Declines.
    Declines,
    /// Never comes, and the code runs out.
    NeverComes,
}

impl Default for Entra {
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            federated_token: None,
            user: User::SignsInAfter(1),
            user_name: "analyst@contoso.example".to_owned(),
            refresh_once: false,
            machine_directory: "11111111-2222-3333-4444-555555555555".to_owned(),
        }
    }
}
