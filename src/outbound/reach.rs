//! Where a message may go: to addresses of the public internet, and to the networks that the configuration lists. Names are resolved here,
//! and the addresses that pass are the very ones that are connected to, so that a name which changes its mind in between changes nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where messages may go.
#[derive(Clone)]
pub struct Reach {
    listed: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    names: Names,
}

/// Who knows the addresses of names.
#[derive(Clone)]
enum Names {
    /// The operating system.
    System,
    /// A list of answers, one a question.
    #[cfg(test)]
    Scripted(Arc<std::sync::Mutex<std::collections::VecDeque<Vec<IpAddr>>>>),
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reach")
    }
}

/// Why an address is not called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It belongs to this machine, a private network, or a cloud's metadata service.
    #[error("`{0}` is no public address, and `outbound.allow_networks` does not list it")]
    NotPublic(IpAddr),
    /// Anybody between could read it.
    #[error("plain HTTP goes only to networks that `outbound.allow_networks` lists, and `{0}` is in none")]
    Plain(IpAddr),
    /// The name has no address.
    #[error("the name has no address")]
    Nowhere,
}

impl Reach {
    /// Public addresses, and those that are listed.
    pub fn new(listed: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self {
            listed: Arc::new(listed),
            names: Names::System,
        }
    }

    /// Whether this address may be connected to.
    pub(super) fn allows(&self, address: IpAddr, is_tls: bool) -> Result<(), Refused> {
        let address = address.to_canonical();
        if (self.listed)(address) {
            Ok(())
        } else if !is_tls {
            Err(Refused::Plain(address))
        } else if is_public(address) {
            Ok(())
        } else {
            Err(Refused::NotPublic(address))
        }
    }

    /// Whether a URL that names an address, and not a name, may be called: no resolver is asked for those.
    pub(super) fn allows_literal(&self, url: &Url) -> Result<(), Refused> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self.allows(address, url.scheme() == "https"),
            Err(_) => Ok(()),
        }
    }

    /// The addresses of a name that may be connected to.
    async fn found(
        &self,
        name: &str,
        is_tls: bool,
    ) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let mut refused = Refused::Nowhere;
        let mut allowed = Vec::new();
        for address in self.addresses(name).await? {
            match self.allows(address, is_tls) {
                Ok(()) => allowed.push(address),
                Err(why) => refused = why,
            }
        }
        match allowed.is_empty() {
            true => Err(refused.into()),
            false => Ok(allowed),
        }
    }

    /// Whether somebody listens there whom messages may go to: connects, and says nothing.
    ///
    /// # Errors
    /// Why not, without the address's path.
    pub(super) async fn knock(&self, url: &Url, within: Duration) -> Result<(), String> {
        self.allows_literal(url).map_err(|refused| refused.to_string())?;
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or(443);
        let connecting = async {
            let found = self.found(bare, url.scheme() == "https").await;
            let places: Vec<SocketAddr> = found
                .map_err(|error| error.to_string())?
                .into_iter()
                .map(|address| SocketAddr::new(address, port))
                .collect();
            let connected = tokio::net::TcpStream::connect(places.as_slice()).await;
            connected.map(drop).map_err(|error| error.to_string())
        };
        let late = |_| Err(format!("no connection within {} s", within.as_secs()));
        tokio::time::timeout(within, connecting)
            .await
            .unwrap_or_else(late)
    }

    /// Resolves the names of one client.
    pub(super) fn resolver(&self, is_tls: bool) -> Arc<Guarded> {
        Arc::new(Guarded {
            reach: self.clone(),
            is_tls,
        })
    }

    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        match &self.names {
            Names::System => {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            }
            #[cfg(test)]
            Names::Scripted(answers) => {
                let mut answers = answers.lock().expect("nobody panicked");
                Ok(answers.pop_front().unwrap_or_default())
            }
        }
    }
}

/// Resolves names to addresses that may be connected to.
pub(super) struct Guarded {
    reach: Reach,
    is_tls: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, is_tls) = (self.reach.clone(), self.is_tls);
        Box::pin(async move {
            let allowed = reach.found(name.as_str(), is_tls).await?;
            Ok(Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// Whether an address is of the public internet, by IANA's registries of special-purpose addresses; and none of those that clouds keep
/// for their own services.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 10
        || a == 127
        || (a == 100 && b & 0xc0 == 64)
        || (a == 169 && b == 254)
        || (a == 172 && b & 0xf0 == 16)
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18)
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113)
        || a >= 224
        // Azure's host, which is at a public address.
        || address == Ipv4Addr::new(168, 63, 129, 16))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    if s[0] == 0x64 && s[1] == 0xff9b && s[2..6] == [0; 4] {
        // NAT64: what counts is where it leads.
        let [_, _, _, _, _, _, high, low] = s;
        return is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    }
    // Global unicast, but for what is documentation, Teredo, 6to4 and other protocols' own.
    s[0] & 0xe000 == 0x2000
        && !(s[0] == 0x2001 && s[1] < 0x200)
        && !(s[0] == 0x2001 && s[1] == 0xdb8)
        && s[0] != 0x2002
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

#[cfg(test)]
impl Reach {
    /// Names have these addresses, one answer a question.
    pub(super) fn scripted(
        listed: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
        answers: &[&[&str]],
    ) -> Self {
        let address = |text: &&str| text.parse().expect("an address");
        let answers = answers.iter().map(|each| each.iter().map(address).collect());
        Self {
            listed: Arc::new(listed),
            names: Names::Scripted(Arc::new(std::sync::Mutex::new(answers.collect()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused_unless_they_are_listed() {
        let nobody = Reach::new(|_| false);
        let listed = Reach::new(|_| true);
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = text.parse().expect("an address");
            let refused = nobody.allows(address, true);
            assert_eq!(refused, Err(Refused::NotPublic(address.to_canonical())), "{text}");
            assert_eq!(listed.allows(address, true), Ok(()), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_reached_by_tls_alone() {
        let nobody = Reach::new(|_| false);
        for text in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "8.8.8.8",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            let address: IpAddr = text.parse().expect("an address");
            assert_eq!(nobody.allows(address, true), Ok(()), "{text}");
            assert_eq!(
                nobody.allows(address, false),
                Err(Refused::Plain(address)),
                "{text}"
            );
        }
    }
}
