//! The files that pages refer to: one stylesheet, one script, one picture. They are part of the program; a name with the content's
//! hash behind it stays what it is, so a browser keeps it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use crate::web::answer::Problem;

/// A file: its name, its media type, its text, and the beginning of the hash of that.
struct File {
    name: &'static str,
    media: &'static str,
    text: &'static str,
    hash: String,
}

static FILES: LazyLock<[File; 3]> = LazyLock::new(|| {
    [
        (
            "console.css",
            "text/css; charset=utf-8",
            include_str!("style.css"),
        ),
        (
            "console.js",
            "text/javascript; charset=utf-8",
            include_str!("console.js"),
        ),
        ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
    ]
    .map(|(name, media, text)| File {
        name,
        media,
        text,
        hash: hash(text),
    })
});

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// The address of a file, with the hash of its content.
pub(super) fn address(name: &str) -> String {
    let file = FILES.iter().find(|file| file.name == name);
    let hash = file.map_or("", |file| &file.hash);
    format!("/static/{name}?{hash}")
}

/// One of the files. They tell nothing of anybody, so nobody is asked who they are.
pub(super) async fn file(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        let detail = "there is no such file";
        return Problem::new(StatusCode::NOT_FOUND, "not_found", detail).into_response();
    };
    // Asked for by another hash it may be another version's: it is given, but not kept.
    let keep = match query.as_deref() == Some(file.hash.as_str()) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, file.text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::TestServer;

    #[tokio::test]
    async fn a_file_is_kept_for_ever_by_its_hash_and_asked_for_again_without() {
        let server = TestServer::start(|_, _| ()).await;
        for file in FILES.iter() {
            let kept = server.get(&address(file.name)).await;
            assert_eq!((kept.status, kept.body.as_str()), (200, file.text));
            assert!(kept.head.contains("immutable"), "{}", kept.head);
            let unkept = server.get(&format!("/static/{}?other", file.name)).await;
            assert!(unkept.head.contains("no-cache"), "{}", unkept.head);
        }
        assert_eq!(server.get("/static/console.js.map").await.status, 404);
        assert_eq!(server.get("/static/..%2f..%2fCargo.toml").await.status, 404);
    }
}
