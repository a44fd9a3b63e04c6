"""What the tests read from documents of --json: one function for each, so that a member's name is known in one place."""
import datetime


def only(found, what):
    assert len(found) == 1, f"{what}: {found}"
    return found[0]


# deploy

def release_of(deployed):
    return deployed["release"]


def is_healthy(done):
    return done["healthy"]


def run_id(done):
    return done["run"]["id"]


# releases

def releases(listed):
    """The oldest first."""
    return listed["releases"]


def version(release):
    return release["version"]


def state(release):
    return release["state"]


def database(release):
    """One: what a release did to its database."""
    return only(release["databases"], "databases")


def snapshot(release):
    return database(release)["snapshot"] or ""


def proof(release):
    return database(release)["proof"]


def snapshot_after(release):
    return database(release)["snapshot_after"] or ""


def fingerprints(release):
    """Before and after its migrations."""
    return database(release)["fingerprint_before"] or "", database(release)["fingerprint_after"] or ""


def schema_versions(release):
    return database(release)["version_before"] or "", database(release)["version_after"] or ""


# rollback --dry-run

def way(plan, strategy):
    return only([each for each in plan["ways"] if each["strategy"] == strategy], strategy)


def is_possible(way_back):
    return way_back["possible"]


def losses(way_back):
    """Of whole tables: {"orders": (3, estimated)}. What is said of a table first is what was made since; what was changed
    or removed comes after it."""
    found = {}
    for each in way_back["losses"]:
        if each["object"].startswith("table ") and "," not in each["object"]:
            found.setdefault(each["object"].removeprefix("table ").removeprefix("public."), (each["rows"], each["estimated"]))
    return found


def objects_lost(way_back):
    return [each["object"] for each in way_back["losses"]]


def proposed(plan):
    return plan["strategy"]


def commands(plan):
    return plan["commands"]


# report --format json

def steps(run):
    return [(each["name"], each["state"]) for each in run["steps"]]


def seconds(run):
    """How long it took, or one of its steps."""
    moment = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment(run["finished"]) - moment(run["started"])).total_seconds()


def fact(run, name):
    return run["facts"].get(name, "")


def evidence(run):
    """{source: (text, why there is none)}"""
    return {each["source"]: (each["text"], each["problem"]) for each in run["evidence"]}


# status

def unfinished(status):
    """The run that is not over, or None."""
    return only(status["databases"], "databases")["unfinished"]


def fingerprint(status):
    """Of the live database's schema."""
    return only(status["databases"], "databases")["fingerprint"]


# failures, and snapshots

def code(failed):
    return failed["error"]["code"]


def pinned(listed):
    """The ids of the snapshots that nothing removes."""
    return {each["id"] for each in listed["snapshots"] if each["pinned"]}


# webhooks

def event(posted):
    return posted["event"]
