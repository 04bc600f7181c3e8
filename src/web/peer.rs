//! Who stands at the other end of a connection: its address, and the certificate that it showed. Put into every request by
//! [`crate::web::listen`]; asked by [`crate::web::proof`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use sha2::{Digest as _, Sha256};

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// What it showed, verified against the authority of clients; `None` without TLS, or when it showed none.
    pub certificate: Option<Arc<CertificateDer<'static>>>,
}

/// Whoever came by the Unix socket. Put into the request beside [`Peer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// Root, or quell itself, which is nobody's name.
    Own,
    /// That user of this machine.
    User(String),
    /// The system does not show which: all users of other namespaces have one number (`PrivateUsers=` of systemd).
    Unseen,
}

impl Local {
    /// The user with that number.
    pub fn of(uid: u32) -> Self {
        if uid == 0 || uid == rustix::process::geteuid().as_raw() {
            return Self::Own;
        }
        let unseen = std::fs::read_to_string("/proc/sys/kernel/overflowuid").ok();
        if unseen
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(65_534)
            == uid
        {
            return Self::Unseen;
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Self::User(user_name(&users, uid).unwrap_or_else(|| format!("uid {uid}")))
    }
}

/// The name of a user in the system's list of them.
fn user_name(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    })
}

impl Peer {
    /// Whether it showed a certificate with this SHA-256 over its DER.
    pub fn has_fingerprint(&self, fingerprint: &[u8; 32]) -> bool {
        let Some(certificate) = &self.certificate else {
            return false;
        };
        Sha256::digest(certificate.as_ref()).as_slice() == fingerprint
    }

    /// Whether it showed a certificate that is valid for this name: a DNS name or address among its alternative names.
    pub fn is_named(&self, name: &str) -> bool {
        let Some(certificate) = &self.certificate else {
            return false;
        };
        let (Ok(name), Ok(parsed)) = (
            ServerName::try_from(name),
            ParsedCertificate::try_from(certificate.as_ref()),
        ) else {
            return false;
        };
        verify_server_name(&parsed, &name).is_ok()
    }
}

/// Addresses that begin alike, e.g. `10.0.0.0/8`; one address is a network of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

impl Network {
    /// Whether the address is one of them. An IPv4 address that came over an IPv6 socket counts as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, width) = bits(self.address);
        let (other, other_width) = bits(address);
        let shift = u32::from(width - self.length);
        width == other_width && (own ^ other).checked_shr(shift).unwrap_or(0) == 0
    }

    /// Whether some address of this machine alone (`127.0.0.0/8`, `::1`) is one of them.
    pub fn has_loopback(&self) -> bool {
        self.address.is_loopback()
            || self.contains(IpAddr::V4(Ipv4Addr::LOCALHOST))
            || self.contains(IpAddr::V6(Ipv6Addr::LOCALHOST))
    }
}

/// The address as a number, and how many bits it has.
fn bits(address: IpAddr) -> (u128, u8) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

/// Why a text is no network.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is neither an address such as `10.1.2.3` nor a network such as `10.0.0.0/8`; all addresses are none"
)]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| NoNetwork)?.to_canonical();
        let (own, width) = bits(address);
        let length = match length {
            None => width,
            Some(length) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                length.parse().map_err(|_| NoNetwork)?
            }
            Some(_) => return Err(NoNetwork),
        };
        // Every address there is tells nobody from anybody.
        if length > width || length == 0 {
            return Err(NoNetwork);
        }
        // `10.1.2.3/8` is most likely a slip, and names more than it seems to.
        let rest = u32::from(width - length);
        if rest > 0 && own & (u128::MAX >> (128 - rest)) != 0 {
            return Err(NoNetwork);
        }
        Ok(Self { address, length })
    }
}

/// Whether a certificate can be valid for this name: a DNS name or an address.
pub fn can_be_named(name: &str) -> bool {
    ServerName::try_from(name).is_ok()
}

/// By what connections of one peer are counted: its address, and for IPv6 the network that one subscriber has.
pub(super) fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> 64))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_user_is_known_by_the_systems_list() {
        let users = "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000:Anna,,,:/home/anna:/bin/sh\nbroken\n";
        assert_eq!(user_name(users, 1000).as_deref(), Some("anna"));
        assert_eq!(user_name(users, 1001), None);
        assert_eq!(Local::of(0), Local::Own, "root is nobody's name");
        assert_eq!(Local::of(4_000_000_000), Local::User("uid 4000000000".to_owned()));
        assert_eq!(
            Local::of(65_534),
            Local::Unseen,
            "who has this number may be anybody"
        );
    }

    #[test]
    fn a_network_contains_its_addresses_and_no_other() {
        for (network, within, without) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "::10.0.0.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("128.0.0.0/1", "203.0.113.1", "::1"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("::/1", "2001:db8::1", "10.0.0.1"),
            ("::1", "::1", "::2"),
        ] {
            let parsed: Network = network.parse().expect("a network");
            assert!(parsed.contains(address(within)), "{network} {within}");
            assert!(!parsed.contains(address(without)), "{network} {without}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.1.2.3/8",
            "10.0.0/8",
            "proxy",
            "::/129",
            "0.0.0.0/0",
            "::/0",
        ] {
            assert_eq!(wrong.parse::<Network>(), Err(NoNetwork), "{wrong}");
        }
    }

    #[test]
    fn a_network_with_an_address_of_this_machine_alone_is_known() {
        for (network, expected) in [
            ("127.0.0.1", true),
            ("127.8.0.0/16", true),
            ("64.0.0.0/2", true),
            ("::1", true),
            ("::/8", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.0/8", false),
            ("128.0.0.0/1", false),
            ("2001:db8::/32", false),
        ] {
            let parsed: Network = network.parse().expect("a network");
            assert_eq!(parsed.has_loopback(), expected, "{network}");
        }
    }

    #[test]
    fn the_addresses_of_one_subscriber_count_as_one_peer() {
        assert_eq!(
            counted_as(address("2001:db8:1:2::7")),
            counted_as(address("2001:db8:1:2:ffff::1"))
        );
        assert_ne!(
            counted_as(address("2001:db8:1:2::7")),
            counted_as(address("2001:db8:1:3::7"))
        );
        assert_eq!(counted_as(address("::ffff:10.0.0.1")), address("10.0.0.1"));
    }
}
