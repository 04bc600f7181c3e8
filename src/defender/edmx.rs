//! Reads the service's own metadata (`tests/data/mde_metadata.xml`) for the contract tests: types with their properties,
//! enumerations with their members, bound actions and functions with their parameters. Only as much of CSDL as that file
//! uses; anything unexpected fails the tests, which is its purpose.

use std::collections::BTreeMap;

const METADATA: &str = include_str!("../../tests/data/mde_metadata.xml");
const NAMESPACE: &str = "microsoft.windowsDefenderATP.api.";

/// A parameter of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub kind: String,
    pub optional: bool,
}

/// An action or function that is called on something.
#[derive(Clone, Debug, Default)]
pub(super) struct Operation {
    pub is_action: bool,
    /// What it is called on, e.g. `Machine`.
    pub on: String,
    pub parameters: BTreeMap<String, Parameter>,
    pub returns: String,
}

/// The metadata; all names without the namespace.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// Type, property, type of the property.
    pub types: BTreeMap<String, BTreeMap<String, String>>,
    /// Enumeration and its members.
    pub enums: BTreeMap<String, Vec<String>>,
    /// By name; several where it is called on several types.
    pub operations: BTreeMap<String, Vec<Operation>>,
    /// Entity set and the type of its entities.
    pub sets: BTreeMap<String, String>,
}

impl Metadata {
    pub fn read() -> Self {
        let mut all = Self::default();
        let (mut open, mut operation) = (String::new(), None::<(String, Operation)>);
        for tag in METADATA.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let element = tag
                .split([' ', '/'])
                .find(|part| !part.is_empty())
                .unwrap_or_default();
            let value = |name: &str| attribute(tag, name).replace(NAMESPACE, "");
            if tag.starts_with('/') {
                if matches!(element, "Action" | "Function")
                    && let Some((name, operation)) = operation.take()
                {
                    all.operations.entry(name).or_default().push(operation);
                }
                continue;
            }
            match element {
                "EntityType" | "ComplexType" => {
                    open = value("Name");
                    all.types.entry(open.clone()).or_default();
                }
                "EnumType" => open = value("Name"),
                "Property" => {
                    let properties = all.types.entry(open.clone()).or_default();
                    properties.insert(value("Name"), value("Type"));
                }
                "Member" => all.enums.entry(open.clone()).or_default().push(value("Name")),
                "Action" | "Function" => {
                    let is_action = element == "Action";
                    operation = Some((
                        value("Name"),
                        Operation {
                            is_action,
                            ..Operation::default()
                        },
                    ));
                }
                "Parameter" => {
                    let (_, operation) = operation.as_mut().expect("a parameter stands in an operation");
                    if value("Name") == "bindingParameter" {
                        operation.on = value("Type");
                    } else {
                        let parameter = Parameter {
                            kind: value("Type"),
                            optional: false,
                        };
                        operation.parameters.insert(value("Name"), parameter);
                        open = value("Name");
                    }
                }
                "Annotation" if tag.contains("OptionalParameter") => {
                    let (_, operation) = operation.as_mut().expect("it belongs to a parameter");
                    let parameter = operation.parameters.get_mut(&open).expect("the one just read");
                    parameter.optional = true;
                }
                "ReturnType" => {
                    let (_, operation) = operation.as_mut().expect("it belongs to an operation");
                    operation.returns = value("Type");
                }
                "EntitySet" => drop(all.sets.insert(value("Name"), value("EntityType"))),
                _ => {}
            }
        }
        all
    }

    /// The operation of this name (in any case) on that type.
    pub fn operation(&self, name: &str, on: &str) -> Option<&Operation> {
        let found = self
            .operations
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found?.1.iter().find(|operation| operation.on == on)
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let needle = format!(" {name}=\"");
    tag.split_once(needle.as_str())
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}
