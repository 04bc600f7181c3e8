//! Microsoft's clouds, regions and API versions by name, with their hosts, authorities and scopes (facts sheet 6). Used by `hosts`, which
//! turns them into an endpoint, and by the configuration, which reads their names. Pure tables.

use crate::defender::OptionsError;

/// One of Microsoft's clouds, with its hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The host in today's documentation, `api.security.microsoft.com`.
    #[default]
    Commercial,
    /// The host in older documentation, `api.securitycenter.microsoft.com`.
    CommercialClassic,
    /// The oldest host, `api.securitycenter.windows.com`.
    CommercialOldest,
    /// Government community cloud.
    Gcc,
    /// Government community cloud, high.
    GccHigh,
    /// Department of Defense.
    Dod,
}

impl Cloud {
    /// All clouds.
    pub const ALL: [Self; 6] = [
        Self::Commercial,
        Self::CommercialClassic,
        Self::CommercialOldest,
        Self::Gcc,
        Self::GccHigh,
        Self::Dod,
    ];

    /// The name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commercial => "commercial",
            Self::CommercialClassic => "commercial_classic",
            Self::CommercialOldest => "commercial_oldest",
            Self::Gcc => "gcc",
            Self::GccHigh => "gcc_high",
            Self::Dod => "dod",
        }
    }

    /// The cloud with that name.
    ///
    /// # Errors
    /// [`OptionsError::Name`] with the names there are.
    pub fn from_name(name: &str) -> Result<Self, OptionsError> {
        Self::ALL
            .into_iter()
            .find(|cloud| cloud.as_str() == name)
            .ok_or_else(|| unknown("cloud", name, &Self::ALL.map(Self::as_str)))
    }

    pub(super) fn api_origin(self) -> &'static str {
        match self {
            Self::Commercial => "https://api.security.microsoft.com",
            Self::CommercialClassic => "https://api.securitycenter.microsoft.com",
            Self::CommercialOldest => "https://api.securitycenter.windows.com",
            Self::Gcc => "https://api-gcc.securitycenter.microsoft.us",
            Self::GccHigh | Self::Dod => "https://api-gov.securitycenter.microsoft.us",
        }
    }

    pub(super) fn authority(self) -> &'static str {
        match self {
            Self::Commercial | Self::CommercialClassic | Self::CommercialOldest | Self::Gcc => {
                "https://login.microsoftonline.com"
            }
            Self::GccHigh | Self::Dod => "https://login.microsoftonline.us",
        }
    }

    /// The token's audience is not the API's host: the newest hosts, the regional ones too, want tokens for the classic
    /// one (facts sheet 0.8). For the government clouds the scope is not documented; `{origin}/.default` is what follows
    /// from other clients, and the configuration can override it.
    pub(super) fn scope(self) -> String {
        let audience = match self {
            Self::Commercial => Self::CommercialClassic.api_origin(),
            other => other.api_origin(),
        };
        format!("{audience}/.default")
    }
}

/// A region of the commercial cloud: a nearer host, same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// United States.
    Us,
    /// European Union.
    Eu,
    /// United Kingdom.
    Uk,
    /// Australia.
    Au,
    /// Switzerland.
    Swa,
    /// India.
    Ina,
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 6] = [Self::Us, Self::Eu, Self::Uk, Self::Au, Self::Swa, Self::Ina];

    /// The name in the configuration, and the host's first label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Uk => "uk",
            Self::Au => "au",
            Self::Swa => "swa",
            Self::Ina => "ina",
        }
    }

    /// The region with that name.
    ///
    /// # Errors
    /// [`OptionsError::Name`] with the names there are.
    pub fn from_name(name: &str) -> Result<Self, OptionsError> {
        Self::ALL
            .into_iter()
            .find(|region| region.as_str() == name)
            .ok_or_else(|| unknown("region", name, &Self::ALL.map(Self::as_str)))
    }
}

/// Which version of the API is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiVersion {
    /// `/api`: whichever is the latest.
    #[default]
    Latest,
    /// `/api/v1.0`: pinned.
    V1,
}

impl ApiVersion {
    /// All versions.
    pub const ALL: [Self; 2] = [Self::Latest, Self::V1];

    /// The name in the configuration, and for a pinned one the path's last segment.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::V1 => "v1.0",
        }
    }
}

fn unknown(what: &'static str, value: &str, known: &[&str]) -> OptionsError {
    let known = known
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    OptionsError::Name {
        what,
        value: value.to_owned(),
        known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_refused_with_the_names_there_are() {
        let error = Cloud::from_name("comercial").expect_err("a typo");
        assert!(
            error
                .to_string()
                .starts_with("unknown cloud `comercial`: use one of `commercial`, "),
            "{error}"
        );
        assert!(Region::from_name("EU").is_err());
    }
}
