//! The trace that a sender's request belongs to, as it says in its `traceparent` header (W3C Trace Context, version 00). Pure.

/// The target of the events of `tracing` that tell the course of an event or an action, from which spans are made. No log shows them
/// unless asked.
pub const TARGET: &str = "quell::course";

/// `text` when it is a `traceparent` of version 00 with ids that are not zero; it is kept as it is. Whatever else there is counts as none:
/// a trace is never a reason to refuse an event.
pub fn traceparent(text: &str) -> Option<String> {
    parse(text).map(|_| text.to_owned())
}

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: u128,
    /// The span of the sender.
    pub span: u64,
    /// Whether the sender keeps the trace.
    pub is_sampled: bool,
}

/// Reads one; `None` when it is not written as one is.
pub fn parse(text: &str) -> Option<TraceParent> {
    let parts: Vec<&str> = text.split('-').collect();
    let ["00", trace, span, flags] = parts[..] else {
        return None;
    };
    let is_hex = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !is_hex(trace, 32) || !is_hex(span, 16) || !is_hex(flags, 2) {
        return None;
    }
    let parent = TraceParent {
        trace: u128::from_str_radix(trace, 16).ok()?,
        span: u64::from_str_radix(span, 16).ok()?,
        is_sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1,
    };
    (parent.trace != 0 && parent.span != 0).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_and_what_is_none_counts_as_none() {
        let parent = parse(GOOD).expect("it is written as the standard has it");
        assert_eq!(parent.trace, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        assert_eq!((parent.span, parent.is_sampled), (0x00f0_67aa_0ba9_02b7, true));
        assert_eq!(traceparent(GOOD).as_deref(), Some(GOOD));
        for bad in [
            "",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
