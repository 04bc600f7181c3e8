//! The page at /login: a field for a token, and a way to the issuer where there is one. It has no script and asks for none.

use maud::{DOCTYPE, Markup, html};

/// What the page says.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoginPage<'a> {
    /// Where whoever signs in wants to go.
    pub next: &'a str,
    /// Where people go to sign in with the issuer, if there is one.
    pub to_issuer: Option<&'a str>,
    /// What went wrong with the last try.
    pub wrong: Option<&'a str>,
    /// Whoever is signed in already.
    pub name: Option<&'a str>,
}

impl LoginPage<'_> {
    /// The page.
    pub fn render(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "Sign in · Quell" }
                    link rel="stylesheet" href="/static/console.css";
                }
                body {
                    main .login {
                        h1 { "Sign in to Quell" }
                        @if let Some(wrong) = self.wrong {
                            p role="alert" { (wrong) }
                        }
                        @if let Some(name) = self.name {
                            p { "You are signed in as " strong { (name) } ". " a href=(self.next) { "Go on" } }
                            form method="post" action="/logout" { button type="submit" { "Sign out" } }
                        }
                        // A link and no form: the browser lets a form lead to no other host.
                        @if let Some(address) = self.to_issuer {
                            p { a.button href=(address) { "Sign in with your organisation" } }
                        }
                        form method="post" action="/login" {
                            input type="hidden" name="next" value=(self.next);
                            label for="secret" { "Token" }
                            input #secret type="password" name="token" required autocomplete="off" spellcheck="false";
                            button type="submit" { "Sign in with a token" }
                        }
                        p { "A token is one that was made with " code { "quell tokens create" } ", or the operators' token of the configuration." }
                    }
                }
            }
        }
    }
}
