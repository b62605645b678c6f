/**
 * Small programs for the engine's own Python: it knows its packages, versions and TOML better than we do. They run
 * isolated (`-I`), import nothing of a pack, and read and write JSON files.
 */

/** `folder` → what its pyproject.toml says, and which pip there is. */
export const lookProgram = `
import importlib.util, json, sys
out = {"pip": None, "readable": True, "project": {}}
if importlib.util.find_spec("pip"):
    import pip
    out["pip"] = pip.__version__
try:
    try:
        import tomllib
    except ImportError:
        from pip._vendor import tomli as tomllib
    with open(sys.argv[1] + "/pyproject.toml", "rb") as file:
        project = tomllib.load(file).get("project", {})
    texts = [one for one in project.get("dependencies", []) if isinstance(one, str)]
    out["project"] = {"version": str(project.get("version", "")), "dependencies": texts}
except FileNotFoundError:
    pass
except Exception:
    out["readable"] = False
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(out, file)
`;

/**
 * What would change: each package with its version now and then, and who wants another version than it would get.
 * Wishes that are not granted today count for nothing.
 */
export const differenceProgram = `
import importlib.metadata, json, sys
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import InvalidVersion, Version
with open(sys.argv[1], encoding="utf-8") as file:
    said = json.load(file)
def requirement(text):
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
def version(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None
now = {}
for found in importlib.metadata.distributions():
    if found.metadata["Name"]:
        now.setdefault(canonicalize_name(found.metadata["Name"]), found)
then = {canonicalize_name(one["name"]): one["version"] for one in said["install"]}
wishes = [("ComfyUI", one) for one in map(requirement, said["comfyui"])]
for name, found in now.items():
    if name not in then:
        wishes += [(found.metadata["Name"], one) for one in map(requirement, found.requires or [])]
def applies(one):
    return one is not None and (one.marker is None or one.marker.evaluate({"extra": ""}))
wishes = [(by, one) for by, one in wishes if applies(one)]
out = []
for name, to in then.items():
    was = now[name].version if name in now else None
    old, new = version(was or ""), version(to)
    breaks = [
        {"by": by, "wants": str(one.specifier)}
        for by, one in wishes
        if canonicalize_name(one.name) == name
        and not one.specifier.contains(to, prereleases=True)
        and (was is None or one.specifier.contains(was, prereleases=True))
    ]
    if was is None:
        kind = "new"
    elif old is None or new is None:
        kind = "changed"
    elif Version(new.public) < Version(old.public):
        kind = "downgraded"
    elif Version(new.public) > Version(old.public):
        kind = "upgraded"
    else:
        kind = "same"
    rebuilt = bool(old and new and old.local != new.local)
    out.append({"name": name, "from": was, "to": to, "kind": kind, "rebuilt": rebuilt, "breaks": breaks})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(out, file)
`;

/** Unpacks a zip of plain files: no way out of the folder, no links, no more than so many bytes; tells their hashes. */
export const unpackProgram = `
import hashlib, json, os, stat, sys, zipfile
archive, folder, answer, most = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
hashes = {}
with zipfile.ZipFile(archive) as zipped:
    entries = [one for one in zipped.infolist() if not one.is_dir()]
    if sum(one.file_size for one in entries) > most:
        sys.exit("the archive unpacks to more than %d bytes" % most)
    for one in entries:
        parts = one.filename.replace("\\\\", "/").split("/")
        if one.filename.startswith("/") or ".." in parts or ":" in one.filename or ".git" in parts:
            sys.exit("the archive has a file that may not be there: " + one.filename)
        if stat.S_ISLNK(one.external_attr >> 16):
            sys.exit("the archive has a link: " + one.filename)
        path = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        digest = hashlib.sha256()
        with zipped.open(one) as source, open(path, "xb") as sink:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                sink.write(chunk)
        hashes["/".join(parts)] = digest.hexdigest()
with open(answer, "w", encoding="utf-8") as file:
    json.dump(hashes, file)
`;
