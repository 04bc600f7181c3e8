//! `tenants[].credential`: how a tenant's client shows who it is, as one of five kinds.
//!
//! Read by `tenant`, and turned into what the client takes when it is put together. Files are named here and read by the
//! client, anew each time. What Azure's platforms put into the environment stands in for keys that the file leaves out.

use std::path::PathBuf;

use secrecy::SecretString;

use super::environment;
use super::secret::{self, Places, SecretFile};
use super::section::{Kind, Reading, Section};
use crate::defender::{
    self, CertificateFiles, Identity, ManagedIdentity, OptionsError, SecretSource, SignInFile,
};
use crate::yaml::Code;

/// `credential`: how a tenant's client shows who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// `directory_id`: the Entra tenant, a GUID or a domain. Default with `workload_identity`: `$AZURE_TENANT_ID`.
    pub directory_id: String,
    /// Which kind, with what it needs.
    pub kind: CredentialKind,
}

/// The kinds of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// `client_secret`: an app registration with a client secret.
    ClientSecret {
        /// `client_id`: the application.
        client_id: String,
        /// `secret_file`: holds the secret.
        secret_file: SecretFile,
    },
    /// `certificate`: an app registration with a certificate.
    Certificate {
        /// `client_id`: the application.
        client_id: String,
        /// `certificate_file` and `key_file`: PEM.
        files: CertificateFiles,
    },
    /// `workload_identity`: an app registration that trusts the platform's tokens.
    WorkloadIdentity {
        /// `client_id`: the application. Default `$AZURE_CLIENT_ID`.
        client_id: String,
        /// `token_file`: where the platform puts its token. Default `$AZURE_FEDERATED_TOKEN_FILE`.
        token_file: PathBuf,
    },
    /// `managed_identity`: the identity of the Azure machine.
    ManagedIdentity {
        /// `client_id`, `object_id` or `msi_res_id`. Default: the machine's own.
        identity: Identity,
        /// `endpoint`: the metadata service in place of the well-known one. Default none.
        endpoint: Option<String>,
    },
    /// `delegated`: a user who signed in.
    Delegated {
        /// `client_id`: the application, a public client.
        client_id: String,
        /// `sign_in_file`: where the sign-in is kept; its directory must be writable.
        sign_in_file: PathBuf,
    },
}

/// What Azure's workload identity puts into the environment.
#[derive(Clone, Debug, Default)]
pub struct AzureEnvironment {
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AZURE_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub token_file: Option<String>,
    /// `AZURE_AUTHORITY_HOST`.
    pub authority_host: Option<String>,
}

impl AzureEnvironment {
    /// Reads it.
    pub fn read() -> Self {
        Self {
            client_id: environment::read_text("AZURE_CLIENT_ID"),
            tenant_id: environment::read_text("AZURE_TENANT_ID"),
            token_file: environment::read_text("AZURE_FEDERATED_TOKEN_FILE"),
            authority_host: environment::read_text("AZURE_AUTHORITY_HOST"),
        }
    }
}

impl Credential {
    /// Reads the key `credential` of a tenant, which must be there.
    pub(super) fn read(tenant: &mut Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let node = tenant.required("credential", Kind::Map, reading);
        // A text is a secret that was written out, and has been reported as such.
        let node = node.filter(|node| !secret::is_written_out("credential", node));
        let mut kinds = tenant.below("credential", node.as_ref(), reading);
        let is_there = kinds.node().is_some();
        let client_secret = kinds.get("client_secret", Kind::Map, reading);
        let is_written_out = client_secret
            .as_ref()
            .is_some_and(|node| secret::is_written_out("client_secret", node));
        let given: Vec<&str> = KINDS.into_iter().filter(|kind| kinds.has(kind)).collect();
        let client_secret = client_secret.filter(|_| !is_written_out);
        let mut section = kinds.below("client_secret", client_secret.as_ref(), reading);
        let by_secret = Self {
            directory_id: section.required_text("directory_id", reading),
            kind: CredentialKind::ClientSecret {
                client_id: section.required_text("client_id", reading),
                secret_file: places.secret(&section.required_text("secret_file", reading)),
            },
        };
        section.close(reading);
        let by_certificate = certificate(kinds.section("certificate", reading), places, reading);
        let by_workload = workload_identity(kinds.section("workload_identity", reading), places, reading);
        let by_machine = managed_identity(kinds.section("managed_identity", reading), reading);
        let by_user = delegated(kinds.section("delegated", reading), places, reading);
        if is_there && given.len() != 1 {
            let node = kinds.node();
            let path = node.map_or("credential", |node| node.path());
            let message = match given.as_slice() {
                [] => format!("`{path}` needs one of {}", named(&KINDS)),
                both => format!(
                    "`{path}` has {}: give exactly one kind of credential",
                    named(both)
                ),
            };
            if let Some(node) = node {
                reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
            }
        }
        kinds.close(reading);
        match given.first() {
            Some(&"certificate") => by_certificate,
            Some(&"workload_identity") => by_workload,
            Some(&"managed_identity") => by_machine,
            Some(&"delegated") => by_user,
            _ => by_secret,
        }
    }

    /// The authority that the environment names, which counts for `workload_identity` alone.
    pub(super) fn authority(&self, places: &Places) -> Option<String> {
        match self.kind {
            CredentialKind::WorkloadIdentity { .. } => places.azure.authority_host.clone(),
            _ => None,
        }
    }

    /// What the budget's rows are kept under: the application's id, or what stands for it.
    pub fn app_id(&self) -> &str {
        match &self.kind {
            CredentialKind::ClientSecret { client_id, .. }
            | CredentialKind::Certificate { client_id, .. }
            | CredentialKind::WorkloadIdentity { client_id, .. }
            | CredentialKind::Delegated { client_id, .. } => client_id,
            CredentialKind::ManagedIdentity { identity, .. } => match identity {
                Identity::System => "managed_identity",
                Identity::ClientId(id) | Identity::ObjectId(id) | Identity::ResourceId(id) => id,
            },
        }
    }

    /// The file that holds a secret of one line, with its key below `credential`.
    pub(super) fn secret_file(&self) -> Option<(&'static str, &SecretFile)> {
        match &self.kind {
            CredentialKind::ClientSecret { secret_file, .. } => {
                Some(("client_secret.secret_file", secret_file))
            }
            _ => None,
        }
    }

    /// The key below `credential` that names the files which only the client can judge.
    pub fn judged_by_client(&self) -> Option<&'static str> {
        match &self.kind {
            CredentialKind::Certificate { .. } => Some("certificate"),
            CredentialKind::WorkloadIdentity { .. } => Some("workload_identity.token_file"),
            CredentialKind::Delegated { .. } => Some("delegated.sign_in_file"),
            _ => None,
        }
    }

    /// The credential as the client takes it.
    ///
    /// # Errors
    /// [`OptionsError`] for a managed identity's endpoint that may not be asked.
    pub fn for_client(&self) -> Result<defender::Credential, OptionsError> {
        let one_line = |file: &SecretFile| {
            let file = file.clone();
            SecretSource::function(move || file.read().map_err(|error| defender_reason(&error)))
        };
        Ok(match &self.kind {
            CredentialKind::ClientSecret {
                client_id,
                secret_file,
            } => defender::Credential::ClientSecret {
                client_id: client_id.clone(),
                secret: one_line(secret_file),
            },
            CredentialKind::Certificate { client_id, files } => defender::Credential::Certificate {
                client_id: client_id.clone(),
                files: files.clone(),
            },
            CredentialKind::WorkloadIdentity {
                client_id,
                token_file,
            } => defender::Credential::WorkloadIdentity {
                client_id: client_id.clone(),
                // Platforms write it readable for all of the pod, which is no news to anybody: no warning.
                token: SecretSource::file(token_file.clone()),
            },
            CredentialKind::ManagedIdentity { identity, endpoint } => {
                defender::Credential::ManagedIdentity(managed(identity.clone(), endpoint.as_deref())?)
            }
            CredentialKind::Delegated {
                client_id,
                sign_in_file,
            } => defender::Credential::Delegated {
                client_id: client_id.clone(),
                directory_id: self.directory_id.clone(),
                file: SignInFile::new(sign_in_file.clone()),
            },
        })
    }
}

/// All kinds, as they are written.
const KINDS: [&str; 5] = [
    "client_secret",
    "certificate",
    "workload_identity",
    "managed_identity",
    "delegated",
];

/// App Service and its kin say in the environment where their identities' tokens are had; a configured endpoint counts more.
fn managed(identity: Identity, endpoint: Option<&str>) -> Result<ManagedIdentity, OptionsError> {
    let app_service =
        environment::read_text("IDENTITY_ENDPOINT").zip(environment::read_text("IDENTITY_HEADER"));
    match (endpoint, app_service) {
        (None, Some((address, header))) => {
            ManagedIdentity::app_service(&address, SecretString::from(header), identity)
        }
        (endpoint, _) => ManagedIdentity::imds(endpoint, identity),
    }
}

fn certificate(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Credential {
    let credential = Credential {
        directory_id: section.required_text("directory_id", reading),
        kind: CredentialKind::Certificate {
            client_id: section.required_text("client_id", reading),
            files: CertificateFiles {
                certificate: places
                    .secret(&section.required_text("certificate_file", reading))
                    .path()
                    .to_path_buf(),
                key: places
                    .secret(&section.required_text("key_file", reading))
                    .path()
                    .to_path_buf(),
            },
        },
    };
    section.close(reading);
    credential
}

fn workload_identity(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Credential {
    let azure = &places.azure;
    let node = section.node().cloned();
    let mut given = |key, variable: &str, from_environment: &Option<String>, reading: &mut Reading| {
        let value = section.text(key, reading).or_else(|| from_environment.clone());
        if let (None, Some(node)) = (&value, &node) {
            let message = format!(
                "`{}.{key}` is missing, and so is `{variable}` in the environment",
                node.path()
            );
            reading.found.push(node.diagnostic(Code::MISSING_KEY, message));
        }
        value.unwrap_or_default()
    };
    let directory_id = given("directory_id", "AZURE_TENANT_ID", &azure.tenant_id, reading);
    let client_id = given("client_id", "AZURE_CLIENT_ID", &azure.client_id, reading);
    let token_file = given(
        "token_file",
        "AZURE_FEDERATED_TOKEN_FILE",
        &azure.token_file,
        reading,
    );
    section.close(reading);
    Credential {
        directory_id,
        kind: CredentialKind::WorkloadIdentity {
            client_id,
            token_file: places.secret(&token_file).path().to_path_buf(),
        },
    }
}

fn managed_identity(mut section: Section<'_>, reading: &mut Reading) -> Credential {
    let directory_id = section.required_text("directory_id", reading);
    let ids = ["client_id", "object_id", "msi_res_id"].map(|key| (key, section.text(key, reading)));
    let given: Vec<&str> = ids
        .iter()
        .filter(|(_, id)| id.is_some())
        .map(|(key, _)| *key)
        .collect();
    if let ([_, _, ..], Some(node)) = (given.as_slice(), section.node()) {
        let message = format!(
            "`{}` has {}: give at most one of them",
            node.path(),
            named(&given)
        );
        reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
    }
    let identity = match ids {
        [(_, Some(id)), ..] => Identity::ClientId(id),
        [_, (_, Some(id)), _] => Identity::ObjectId(id),
        [.., (_, Some(id))] => Identity::ResourceId(id),
        _ => Identity::System,
    };
    let endpoint = section.get("endpoint", Kind::Text, reading);
    let endpoint = endpoint.and_then(|node| {
        let text = super::section::text_of(&node, reading)?;
        if let Err(error) = ManagedIdentity::imds(Some(&text), Identity::System) {
            reading
                .found
                .push(node.diagnostic(Code::BAD_URL, error.to_string()));
        }
        Some(text)
    });
    section.close(reading);
    Credential {
        directory_id,
        kind: CredentialKind::ManagedIdentity { identity, endpoint },
    }
}

fn delegated(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Credential {
    let credential = Credential {
        directory_id: section.required_text("directory_id", reading),
        kind: CredentialKind::Delegated {
            client_id: section.required_text("client_id", reading),
            sign_in_file: places.base.join(section.required_text("sign_in_file", reading)),
        },
    };
    section.close(reading);
    credential
}

fn named(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match keys.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// An error with what caused it, on one line.
fn defender_reason(error: &secret::SecretError) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
