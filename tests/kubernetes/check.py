"""check.py RENDERED SECRETS: holds rendered manifests against the Kubernetes schemas, Pod Security `restricted`, and each other.

Called by scripts/check-manifests with a folder of rendered overlays and the file that shows the secrets; it runs in the environment that
kubernetes-validate is installed in. It fails with everything that is wrong.
"""

import copy
import pathlib
import sys

import kubernetes_validate
import yaml

# The oldest version whose PodDisruptionBudget knows `unhealthyPodEvictionPolicy` without being told to, and the newest with a schema.
VERSIONS = ["1.27", kubernetes_validate.latest_version()]
# Kinds of others, for which Kubernetes has no schema (tests/deploy.rs looks at their fields), and without whose operator a cluster refuses
# everything that is applied with them. They stand in components alone, and no overlay that is shipped asks for those.
FOREIGN = {"PodMonitor"}
# What asks for every component.
EVERYTHING = "everything"
RESTRICTED_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def against_schemas(resource):
    if resource["kind"] in FOREIGN:
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(resource, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{version}: {'.'.join(map(str, error.path))}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield error.message


def against_pod_security(pod):
    """The rules of https://kubernetes.io/docs/concepts/security/pod-security-standards/ at level restricted, as far as they can be broken here."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield f"{key} is set"
    for volume in pod.get("volumes", []):
        for kind in volume.keys() - {"name"} - RESTRICTED_VOLUMES:
            yield f"volume {volume['name']} is a {kind}"
    security = pod.get("securityContext", {})
    for container in pod.get("initContainers", []) + pod["containers"]:
        name, its = container["name"], container.get("securityContext", {})
        joined = {**security, **its}
        if joined.get("runAsNonRoot") is not True or joined.get("runAsUser", 1) == 0:
            yield f"{name} may run as root"
        if joined.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{name} has no seccomp profile"
        if its.get("allowPrivilegeEscalation") is not False or its.get("privileged"):
            yield f"{name} may gain privileges"
        if "ALL" not in its.get("capabilities", {}).get("drop", []) or its["capabilities"].get("add"):
            yield f"{name} keeps capabilities"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{name} takes a port of the host"
        # Beyond the standard, as we promise it.
        if its.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write to its root"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield f"{name} has no limit of memory"


def against_each_other(resources, secrets):
    there = {(each["kind"], each["metadata"]["name"]) for each in resources} | secrets
    labels = {each["kind"]: each["metadata"].get("labels", {}) for each in resources}
    for resource in resources:
        if resource["metadata"].get("namespace", "quell") != "quell":
            yield f"{resource['kind']} is in another namespace"
        if resource["kind"] != "Deployment":
            continue
        template = resource["spec"]["template"]
        pod = template["spec"]
        for volume in pod["volumes"]:
            wanted = [("ConfigMap", volume.get("configMap", {}).get("name")), ("Secret", volume.get("secret", {}).get("secretName"))]
            for kind, name in wanted:
                if name and (kind, name) not in there:
                    yield f"nobody makes the {kind} {name}"
        if ("ServiceAccount", pod["serviceAccountName"]) not in there:
            yield "nobody makes the service account"
        for other in resources:
            spec = other.get("spec", {})
            selector = {"Service": spec.get("selector"), "PodMonitor": spec.get("selector", {}).get("matchLabels"),
                        "NetworkPolicy": spec.get("podSelector", {}).get("matchLabels"),
                        "PodDisruptionBudget": spec.get("selector", {}).get("matchLabels")}.get(other["kind"])
            if selector is not None and not selector.items() <= template["metadata"]["labels"].items():
                yield f"the {other['kind']} selects no pod"
        ports = {port["name"] for each in pod["containers"] for port in each.get("ports", [])}
        if ports != {"http"}:
            yield f"the pods' ports are {ports}"
    level = labels.get("Namespace", {}).get("pod-security.kubernetes.io/enforce")
    if level != "restricted":
        yield f"the namespace enforces {level}"


def errors(resources, secrets):
    for resource in resources:
        name = f"{resource['kind']} {resource['metadata']['name']}"
        for error in against_schemas(resource):
            yield f"{name}: {error}"
        if resource["kind"] == "Deployment":
            for error in against_pod_security(resource["spec"]["template"]["spec"]):
                yield f"{name}: {error}"
    yield from against_each_other(resources, secrets)


def spoilt(resources):
    """The same with one thing wrong each: what is not found in these would not be found in ours."""
    def change(how):
        copied = copy.deepcopy(resources)
        how(next(each for each in copied if each["kind"] == "Deployment")["spec"])
        return copied

    def pod(spec):
        return spec["template"]["spec"]

    yield "a field that does not exist", change(lambda spec: spec.update(replica=2))
    yield "a number in words", change(lambda spec: spec.update(replicas="two"))
    yield "a root that can be written to", change(lambda spec: pod(spec)["initContainers"][0]["securityContext"].pop("readOnlyRootFilesystem"))
    yield "a container as root", change(lambda spec: pod(spec)["containers"][0]["securityContext"].update(runAsNonRoot=False))
    yield "a path of the host", change(lambda spec: pod(spec)["volumes"].append({"name": "host", "hostPath": {"path": "/"}}))
    yield "a secret that nobody makes", change(lambda spec: pod(spec)["volumes"][2]["secret"].update(secretName="other"))


def main(folder, shown):
    secrets = {("Secret", each["metadata"]["name"]) for each in yaml.safe_load_all(pathlib.Path(shown).read_text())}
    found, count = [], 0
    for file in sorted(pathlib.Path(folder).iterdir()):
        resources = [each for each in yaml.safe_load_all(file.read_text()) if each]
        count += len(resources)
        found += [f"{file.stem}: {error}" for error in errors(resources, secrets)]
        foreign = sorted(each["kind"] for each in resources if each["kind"] in FOREIGN)
        if foreign != (sorted(FOREIGN) if file.stem == EVERYTHING else []):
            found.append(f"{file.stem}: of what not every cluster has there is {foreign}")
        if file.stem == "base":
            found += [f"{what} is not found" for what, wrong in spoilt(resources) if not list(errors(wrong, secrets))]
    for each in yaml.safe_load_all(pathlib.Path(shown).read_text()):
        found += [f"{shown}: {error}" for error in against_schemas(each)]
    print("\n".join(found) or f"{count} manifests hold against Kubernetes {' and '.join(VERSIONS)} and Pod Security restricted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
