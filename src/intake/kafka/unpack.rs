//! Batches of records are packed as a whole: gzip, snappy, LZ4 or zstd. Unpacked up to a bound, never beyond it. Pure.
//!
//! A batch of some kilobytes may unpack to gigabytes; whoever may write to a topic must not be able to take this
//! process's memory.

use std::io::Read;

/// A zstd frame may ask its reader for a window of gigabytes; 2 to the power of this many bytes is given, 32 MiB.
const ZSTD_WINDOW_LOG: u32 = 25;

/// How a batch is packed: the low three bits of its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    None,
    /// gzip.
    Gzip,
    /// snappy, bare or in the frames of Java's library.
    Snappy,
    /// LZ4 frames.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// Of a batch's attributes; `None` for one that nobody has defined.
    pub fn of(attributes: i16) -> Option<Self> {
        Some(match attributes & 7 {
            0 => Self::None,
            1 => Self::Gzip,
            2 => Self::Snappy,
            3 => Self::Lz4,
            4 => Self::Zstd,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// What a packed batch says; at most `bound` bytes.
///
/// # Errors
/// Why it cannot be had, for a dead letter's reason.
pub fn unpack(packing: Packing, packed: &[u8], bound: usize) -> Result<Vec<u8>, String> {
    let name = packing.name();
    let broken = |error: &dyn std::fmt::Display| format!("its {name} data is broken: {error}");
    let too_much = || format!("its {name} data unpacks to more than {bound} bytes");
    let unpacked = match packing {
        Packing::None => Ok(packed.to_vec()),
        Packing::Gzip => upto(flate2::read::MultiGzDecoder::new(packed), bound),
        Packing::Lz4 => upto(lz4_flex::frame::FrameDecoder::new(packed), bound),
        Packing::Zstd => zstd::Decoder::with_buffer(packed).and_then(|mut decoder| {
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            upto(decoder, bound)
        }),
        Packing::Snappy => {
            return snappy(packed, bound).map_err(|error| match error {
                Some(error) => broken(&error),
                None => too_much(),
            });
        }
    };
    let unpacked = unpacked.map_err(|error| broken(&error))?;
    if unpacked.len() > bound {
        return Err(too_much());
    }
    Ok(unpacked)
}

/// At most one byte more than the bound, by which it is seen to be beyond it.
fn upto(decoder: impl Read, bound: usize) -> std::io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    decoder
        .take(bound as u64 + 1)
        .read_to_end(&mut unpacked)
        .map(|_| unpacked)
}

/// What Java's library (xerial's snappy-java) begins a stream with: eight bytes, then its version and the oldest one
/// that reads it; then blocks, each with its length before it.
const FRAMED: &[u8] = b"\x82SNAPPY\0";

/// `Err(None)`: it is beyond the bound.
fn snappy(packed: &[u8], bound: usize) -> Result<Vec<u8>, Option<String>> {
    let Some(framed) = packed.strip_prefix(FRAMED) else {
        return block(packed, bound);
    };
    let cut = || Some("it ends in the middle of a block".to_owned());
    let mut rest = framed.get(8..).ok_or_else(cut)?;
    let mut unpacked = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let packed = after.get(..length).ok_or_else(cut)?;
        unpacked.extend(block(packed, bound - unpacked.len())?);
        rest = &after[length..];
    }
    if rest.is_empty() { Ok(unpacked) } else { Err(cut()) }
}

/// A block says its length at its beginning, and the decoder holds it to that.
fn block(packed: &[u8], bound: usize) -> Result<Vec<u8>, Option<String>> {
    let length = snap::raw::decompress_len(packed).map_err(|error| Some(error.to_string()))?;
    if length > bound {
        return Err(None);
    }
    snap::raw::Decoder::new()
        .decompress_vec(packed)
        .map_err(|error| Some(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(packing: Packing, plain: &[u8]) -> Vec<u8> {
        match packing {
            Packing::None => plain.to_vec(),
            Packing::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(plain).expect("a vector takes it");
                encoder.finish().expect("a vector takes it")
            }
            Packing::Snappy => snap::raw::Encoder::new()
                .compress_vec(plain)
                .expect("it is short"),
            Packing::Lz4 => {
                let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
                encoder.write_all(plain).expect("a vector takes it");
                encoder.finish().expect("a vector takes it")
            }
            Packing::Zstd => zstd::encode_all(plain, 1).expect("a vector takes it"),
        }
    }

    const ALL: [Packing; 5] = [
        Packing::None,
        Packing::Gzip,
        Packing::Snappy,
        Packing::Lz4,
        Packing::Zstd,
    ];

    #[test]
    fn what_was_packed_is_unpacked_and_what_is_broken_says_so() {
        let plain: Vec<u8> = (0..100_000_u32).flat_map(|n| (n % 251).to_le_bytes()).collect();
        for (at, packing) in ALL.into_iter().enumerate() {
            assert_eq!(Packing::of(i16::try_from(at).expect("few")), Some(packing));
            let bytes = packed(packing, &plain);
            assert_eq!(
                unpack(packing, &bytes, plain.len()),
                Ok(plain.clone()),
                "{packing:?}"
            );
            if packing != Packing::None {
                let cut = unpack(packing, &bytes[..bytes.len() / 2], plain.len());
                assert!(cut.is_err_and(|why| why.contains("broken")), "{packing:?}");
                let garbage = unpack(packing, b"no packed bytes at all", plain.len());
                assert!(garbage.is_err(), "{packing:?}");
            }
        }
        assert_eq!(Packing::of(5), None);
    }

    #[test]
    fn a_bomb_ends_at_the_bound() {
        let plain = vec![0; 50_000_000];
        for packing in ALL {
            let bytes = packed(packing, &plain);
            let why = unpack(packing, &bytes, 1_000_000).expect_err("it is far beyond");
            assert!(why.contains("more than 1000000 bytes"), "{packing:?}: {why}");
        }
    }

    #[test]
    fn javas_frames_of_snappy_are_opened() {
        let mut framed = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
        for part in [&b"one and "[..], b"two"] {
            let block = packed(Packing::Snappy, part);
            framed.extend(u32::try_from(block.len()).expect("short").to_be_bytes());
            framed.extend(block);
        }
        assert_eq!(unpack(Packing::Snappy, &framed, 11), Ok(b"one and two".to_vec()));
        let beyond = unpack(Packing::Snappy, &framed, 10).expect_err("one byte too many");
        assert!(beyond.contains("more than 10 bytes"), "{beyond}");
        framed.pop();
        assert!(unpack(Packing::Snappy, &framed, 11).is_err());
    }
}
