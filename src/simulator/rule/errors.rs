//! The errors that any call may be answered with, as documented (facts sheet 1.3): code, status, text.
//!
//! Read by fault rules. A few texts are recorded or quoted in the documentation; the rest say what the code says.

/// Every documented code, and the two undocumented ones that were recorded.
pub const ALL: [(&str, u16, &str); 22] = [
    ("BadRequest", 400, "Bad request"),
    ("ODataError", 400, "Invalid OData URI query"),
    ("InvalidInput", 400, "Invalid input"),
    ("InvalidRequestBody", 400, "Request body is incorrect"),
    ("InvalidHashValue", 400, "Hash value is invalid"),
    ("InvalidDomainName", 400, "Domain name is invalid"),
    ("InvalidIpAddress", 400, "IP address is invalid"),
    ("InvalidUrl", 400, "URL is invalid"),
    (
        "MaximumBatchSizeExceeded",
        400,
        "Maximum batch size exceeded. Received: 501, allowed: 500",
    ),
    ("MissingRequiredParameter", 400, "Parameter Comment is missing"),
    (
        "OsPlatformNotSupported",
        400,
        "OS Platform Windows8 isn't supported for this action.",
    ),
    (
        "ClientVersionNotSupported",
        400,
        "RestrictCodeExecution is supported on client version 10.4000.16299.1 and above.",
    ),
    ("ActiveRequestAlreadyExists", 400, "Action is already in progress"),
    ("Unauthorized", 401, "Invalid or expired authorization header."),
    (
        "Forbidden",
        403,
        "The application does not have any of the required application permissions to access the resource.",
    ),
    ("DisabledFeature", 403, "Tenant feature isn't enabled."),
    (
        "DisallowedOperation",
        403,
        "RestrictCodeExecution is disallowed: the device is excluded.",
    ),
    ("NotFound", 404, "Not found"),
    ("ResourceNotFound", 404, "Resource was not found"),
    ("TooManyRequests", 429, "Too many requests. Try again later."),
    (
        "429",
        429,
        "API calls quota exceeded! maximum allowed 100 per 00:01:00",
    ),
    ("InternalServerError", 500, ""),
];

/// The documented status of a code.
pub fn status_of(code: &str) -> Option<u16> {
    find(code).map(|(_, status, _)| *status)
}

/// A text for a code; empty for one that nobody documents.
pub fn message_of(code: &str) -> &'static str {
    find(code).map_or("", |(_, _, message)| message)
}

fn find(code: &str) -> Option<&'static (&'static str, u16, &'static str)> {
    ALL.iter().find(|(known, ..)| *known == code)
}
