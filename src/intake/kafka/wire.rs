//! The bytes of the Kafka protocol: numbers, texts and lists, as the versions without tagged fields write them. Pure.
//!
//! Used by [`super::link`] for requests and answers and by [`super::batch`] for records. What it reads was written by
//! others: every length is held against what is there before a byte is taken, and nothing is reserved that a length
//! alone claims.

/// What was read ends sooner than it says, or says something impossible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be read at byte {at} of {of}")]
pub struct Malformed {
    /// What was to be read.
    pub what: &'static str,
    /// Where.
    pub at: usize,
    /// Of how many bytes.
    pub of: usize,
}

/// Reads from the front.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the first of these bytes.
    pub fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.all.len() - self.at
    }

    /// The bytes that are left, which stay there.
    pub fn rest(&self) -> &'a [u8] {
        &self.all[self.at..]
    }

    /// An error at this place.
    pub fn malformed(&self, what: &'static str) -> Malformed {
        Malformed {
            what,
            at: self.at,
            of: self.all.len(),
        }
    }

    /// So many bytes.
    ///
    /// # Errors
    /// There are fewer.
    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let taken = self.rest().get(..length).ok_or_else(|| self.malformed(what))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let taken = self.take(N, what)?;
        let mut array = [0; N];
        array.copy_from_slice(taken);
        Ok(array)
    }

    /// INT8.
    ///
    /// # Errors
    /// There is none.
    pub fn i8(&mut self, what: &'static str) -> Result<i8, Malformed> {
        self.array(what).map(i8::from_be_bytes)
    }

    /// INT16.
    ///
    /// # Errors
    /// There is none.
    pub fn i16(&mut self, what: &'static str) -> Result<i16, Malformed> {
        self.array(what).map(i16::from_be_bytes)
    }

    /// INT32.
    ///
    /// # Errors
    /// There is none.
    pub fn i32(&mut self, what: &'static str) -> Result<i32, Malformed> {
        self.array(what).map(i32::from_be_bytes)
    }

    /// UINT32.
    ///
    /// # Errors
    /// There is none.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// INT64.
    ///
    /// # Errors
    /// There is none.
    pub fn i64(&mut self, what: &'static str) -> Result<i64, Malformed> {
        self.array(what).map(i64::from_be_bytes)
    }

    /// VARLONG, and VARINT too: zigzag, seven bits a byte, the low ones first.
    ///
    /// # Errors
    /// It does not end within ten bytes.
    pub fn varint(&mut self, what: &'static str) -> Result<i64, Malformed> {
        let mut raw: u64 = 0;
        for shift in (0..70).step_by(7) {
            let [byte] = self.array(what)?;
            raw |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed());
            }
        }
        Err(self.malformed(what))
    }

    /// As many bytes as a VARINT before them says; `None` for the length -1.
    ///
    /// # Errors
    /// There are fewer, or the length is another negative one.
    pub fn var_bytes(&mut self, what: &'static str) -> Result<Option<&'a [u8]>, Malformed> {
        match self.varint(what)? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| self.malformed(what))?;
                self.take(length, what).map(Some)
            }
        }
    }

    /// NULLABLE_STRING; what is no UTF-8 is shown as well as it can be.
    ///
    /// # Errors
    /// There is none.
    pub fn text(&mut self, what: &'static str) -> Result<Option<String>, Malformed> {
        match self.i16(what)? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| self.malformed(what))?;
                let bytes = self.take(length, what)?;
                Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
    }

    /// NULLABLE_BYTES; of the length -1 they are empty.
    ///
    /// # Errors
    /// There are fewer.
    pub fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        match self.i32(what)? {
            -1 => Ok(&[]),
            length => {
                let length = usize::try_from(length).map_err(|_| self.malformed(what))?;
                self.take(length, what)
            }
        }
    }

    /// ARRAY: each item by the function, which must take at least a byte.
    ///
    /// # Errors
    /// There are fewer.
    pub fn list<T>(
        &mut self,
        what: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count = match self.i32(what)? {
            -1 => 0,
            count => usize::try_from(count).map_err(|_| self.malformed(what))?,
        };
        if count > self.left() {
            return Err(self.malformed(what));
        }
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }
}

/// Writes a request.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// INT8.
    pub fn i8(mut self, value: i8) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// INT16.
    pub fn i16(mut self, value: i16) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// INT32.
    pub fn i32(mut self, value: i32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// INT64.
    pub fn i64(mut self, value: i64) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// STRING, of which no more than its length can say is written.
    pub fn text(mut self, value: &str) -> Self {
        let mut end = value.len().min(i16::MAX as usize);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        let length = i16::try_from(end).unwrap_or(0);
        self.0.extend(length.to_be_bytes());
        self.0.extend(&value.as_bytes()[..end]);
        self
    }

    /// BYTES.
    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0
            .extend(i32::try_from(value.len()).unwrap_or(0).to_be_bytes());
        self.0.extend(value);
        self
    }

    /// What the function writes, if this version has it.
    pub fn when(self, has: bool, write: impl FnOnce(Self) -> Self) -> Self {
        if has { write(self) } else { self }
    }

    /// All of it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bytes = Writer::default()
            .i8(-2)
            .i16(300)
            .i32(-70_000)
            .i64(1 << 40)
            .text("größe")
            .bytes(b"xyz")
            .into_bytes();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.i8("a"), Ok(-2));
        assert_eq!(reader.i16("a"), Ok(300));
        assert_eq!(reader.i32("a"), Ok(-70_000));
        assert_eq!(reader.i64("a"), Ok(1 << 40));
        assert_eq!(reader.text("a"), Ok(Some("größe".to_owned())));
        assert_eq!(reader.bytes("a"), Ok(&b"xyz"[..]));
        assert_eq!(reader.left(), 0);
        assert_eq!(
            reader.i8("a number"),
            Err(Malformed {
                what: "a number",
                at: bytes.len(),
                of: bytes.len()
            })
        );
    }

    #[test]
    fn varints_are_zigzag() {
        for (bytes, value) in [
            (&[0][..], 0),
            (&[1], -1),
            (&[2], 1),
            (&[0x80, 0x01], 64),
            (&[0xff, 0xff, 0xff, 0xff, 0x0f], -2_147_483_648),
            (
                &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
                i64::MAX,
            ),
        ] {
            assert_eq!(Reader::new(bytes).varint("it"), Ok(value), "{bytes:?}");
        }
        assert!(Reader::new(&[0xff; 11]).varint("it").is_err());
        assert!(Reader::new(&[0x80]).varint("it").is_err());
    }

    #[test]
    fn a_length_that_lies_takes_nothing() {
        let lies = Writer::default().i32(i32::MAX).into_bytes();
        assert!(Reader::new(&lies).bytes("it").is_err());
        assert!(Reader::new(&lies).list("it", |r| r.i8("one")).is_err());
        assert!(Reader::new(&[0xff, 0xfe]).text("it").is_err());
        assert!(Reader::new(&[3]).var_bytes("it").is_err());
        assert_eq!(Reader::new(&[1]).var_bytes("it"), Ok(None));
        assert_eq!(
            Reader::new(&[0xff; 4]).list("it", |r| r.i8("one")),
            Ok(Vec::new())
        );
    }
}
