from data.captures.recording import Screen


def listed(session, person_id):
    return ()


def read(session, vault, person_id, digest) -> Screen:
    raise NotImplementedError
