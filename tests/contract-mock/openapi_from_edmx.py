#!/usr/bin/env python3
"""openapi_from_edmx.py METADATA DEVICE ACTION: an OpenAPI document, on standard output, of what the service's own OData
metadata says of machines, machine actions, alerts and the antivirus of devices: every entity set, every action with its
parameters, every function without any. Nothing in it is taken from Quell, so a mock server that is fed with it is nobody's
opinion. Single machines and machine actions carry the ids DEVICE and ACTION, as a mock cannot echo what it was asked for."""

import json
import sys
import xml.etree.ElementTree as ElementTree

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
NAMESPACE = "microsoft.windowsDefenderATP.api."
SETS = ["Machines", "MachineActions", "Alerts", "DeviceAvInfo"]
SIMPLE = {
    "Edm.String": {"type": "string"},
    "Edm.Guid": {"type": "string", "format": "uuid"},
    "Edm.Boolean": {"type": "boolean"},
    "Edm.Byte": {"type": "integer", "minimum": 0, "maximum": 255},
    "Edm.Duration": {"type": "string"},
    "Edm.TimeOfDay": {"type": "string"},
    "Edm.Int32": {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    "Edm.Int64": {"type": "integer", "format": "int64", "minimum": -(2**53), "maximum": 2**53},
    "Edm.Double": {"type": "number"},
    "Edm.Single": {"type": "number"},
    "Edm.DateTimeOffset": {"type": "string", "format": "date-time"},
}


def short(name):
    return name.removeprefix(NAMESPACE)


def reference(kind, nullable=False):
    if kind.startswith("Collection("):
        schema = {"type": "array", "items": reference(kind[len("Collection(") : -1]), "maxItems": 3}
    elif kind in SIMPLE:
        schema = dict(SIMPLE[kind])
    else:
        schema = {"$ref": "#/components/schemas/" + short(kind)}
        return {"nullable": True, "allOf": [schema]} if nullable else schema
    return {**schema, "nullable": True} if nullable else schema


def structure(node):
    """Every property is there; what may be null may be null."""
    properties = {
        one.get("Name"): reference(one.get("Type"), one.get("Nullable") != "false") for one in node.findall(EDM + "Property")
    }
    for name in ("id", "machineId"):
        # The metadata says no more than that it is a text; every recorded one is like this.
        if properties.get(name, {}).get("type") == "string" and "format" not in properties[name]:
            properties[name] = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def collection(schema):
    value = {"type": "array", "items": schema, "minItems": 1, "maxItems": 3}
    return {
        "type": "object",
        "properties": {"@odata.context": {"type": "string"}, "value": value},
        "required": ["@odata.context", "value"],
    }


def replies(status, schema):
    error = {"$ref": "#/components/schemas/Error"}
    said = {"application/json": {"schema": schema}}
    failed = {"description": "refused", "content": {"application/json": {"schema": error}}}
    return {str(status): {"description": "done", "content": said}, "default": failed}


def body_of(action):
    properties, required = {}, []
    for one in action.findall(EDM + "Parameter")[1:]:
        properties[one.get("Name")] = reference(one.get("Type"))
        optional = [note for note in one if note.get("Term", "").endswith("OptionalParameter")]
        if not optional:
            required.append(one.get("Name"))
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def main(metadata, device, action_id):
    schema = ElementTree.parse(metadata).getroot().find(".//" + EDM + "Schema")
    schemas = {
        "Error": {
            "type": "object",
            "properties": {
                "error": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("code", "message", "target")},
                    "required": ["code", "message"],
                }
            },
            "required": ["error"],
        }
    }
    for node in schema:
        if node.tag in (EDM + "EntityType", EDM + "ComplexType"):
            schemas[node.get("Name")] = structure(node)
        elif node.tag == EDM + "EnumType":
            schemas[node.get("Name")] = {"type": "string", "enum": [one.get("Name") for one in node.findall(EDM + "Member")]}
    key = {"MachineActions": action_id, "Machines": device}
    pinned = {}
    for name, value in key.items():
        kind = {"MachineActions": "MachineAction", "Machines": "Machine"}[name]
        own = json.loads(json.dumps(schemas[kind]))
        own["properties"]["id"] = {"type": "string", "enum": [value]}
        schemas["The" + kind] = own
        pinned[kind] = {"$ref": "#/components/schemas/The" + kind}

    paths = {}
    place = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    query = [
        {"name": "$" + name, "in": "query", "schema": {"type": "string"}} for name in ("filter", "orderby", "expand", "select")
    ] + [{"name": "$" + name, "in": "query", "schema": {"type": "integer", "maximum": 10000}} for name in ("top", "skip")]
    sets = {node.get("Name"): short(node.get("EntityType")) for node in schema.iter(EDM + "EntitySet")}
    for name in SETS:
        kind, path = sets[name], "/api/" + name.lower()
        entity = {"$ref": "#/components/schemas/" + kind}
        paths[path] = {"get": {"parameters": query, "responses": replies(200, collection(entity))}}
        paths[path + "/{id}"] = {"get": {"parameters": [place], "responses": replies(200, pinned.get(kind, entity))}}
        for node in schema:
            if node.tag not in (EDM + "Action", EDM + "Function"):
                continue
            parameters = node.findall(EDM + "Parameter")
            if not parameters or parameters[0].get("Type") != NAMESPACE + kind or node.find(EDM + "ReturnType") is None:
                continue
            returned = node.find(EDM + "ReturnType").get("Type")
            operation = {"parameters": [place]}
            if node.tag == EDM + "Action":
                said = pinned.get(short(returned), reference(returned)) if not returned.startswith("Collection(") else reference(returned)
                operation["requestBody"] = body_of(node)
                operation["responses"] = replies(201, said)
                method = "post"
            elif len(parameters) == 1:
                of = returned[len("Collection(") : -1] if returned.startswith("Collection(") else None
                operation["responses"] = replies(200, collection(reference(of)) if of else reference(returned))
                method = "get"
            else:
                continue
            # The service takes a name in any case; a mock does not.
            own = node.get("Name")
            for spelled in {own, own[0].lower() + own[1:]}:
                paths[f"{path}/{{id}}/{spelled}"] = {method: operation}

    document = {
        "openapi": "3.0.3",
        "info": {"title": "Derived from the service's OData metadata", "version": "1"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    json.dump(document, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: openapi_from_edmx.py METADATA DEVICE ACTION")
    main(*sys.argv[1:])
