"""How people are counted, for somebody who never heard of noise or budgets: what a range means and why. Pure."""

from __future__ import annotations

from data.statistics import imagined
from data.statistics.imagined import Example
from data.statistics.people import method
from pages.shell import markup

Part = tuple[str, str]

ANSWER = markup.answer(
    "Counts of people say enough to judge the programme by, and too little to learn about anybody.",
    "Each is made a little wrong on purpose, once, and shown as a range that says how wrong it may be. Nothing on this"
    " page is about a real department.",
    icon="balance",
)
DRAWS = "One department, drawn twenty times"
BOTH = "With your answer, and without it"
PRICES = "What more figures cost"
BOTH_NOTE = (
    "Blue: what comes out if you opted out. Amber, hatched: if you did not. Whatever number is published, both could"
    " have led to it."
)
PRICES_NOTE = "The same 60 of 100, by how many figures share the budget of a quarter. The dashed line is the truth."


def first(one: Example) -> tuple[Part, ...]:
    """Why the numbers are not exact."""
    return (
        (
            "Why the numbers are not exact",
            (
                f"Suppose it was published that exactly {one.truth} of {one.people} people in Support opted out, and"
                f" in the next quarter, after one of them left, exactly {one.truth - 1} of {one.people - 1}. Everybody"
                " who knows who left would know what that person had done. Nobody published it, and still it is"
                f" out.\n\nRounding does not help: when “about {one.truth}” becomes “about {one.truth - 5}”, somebody"
                " made it tip. Leaving out small numbers does not help either: what is left out can be worked out from"
                " the total.\n\nSo before anything is published, the computer adds a random number to each count, a"
                " few people more or fewer. Whoever sees the result cannot tell whether one person made the difference"
                " or chance did."
            ),
        ),
    )


def interval(one: Example) -> Part:
    """What a range means."""
    return (
        "What a range means",
        (
            f"“Between {one.low} and {one.high} of about {one.people}” means: we are as sure that the true number is"
            " in this range as of something that happens 95 times of 100. All numbers in the range are possible; those"
            " near the middle are more likely than those at the ends, but do not quote the middle as if it was the"
            f" number.\n\nBelow, {one.truth} of {one.people} really did, and we imagine that the number is drawn"
            " twenty times. In truth it is drawn once, and nobody knows which of these rows came out."
        ),
    )


def draws(one: Example) -> str:
    """The caption of that picture."""
    held = int(imagined.draws()["holds"].sum())
    return (
        f"{held} of the {imagined.DRAWS} bars hold the true number, {one.truth}; {imagined.DRAWS - held} misses it,"
        " just as it should be: 95 of 100 hold it, so of twenty about one does not."
    )


def person(one: Example) -> Part:
    """What one person can change."""
    return (
        "What your answer changes",
        (
            f"Had you done otherwise, no number in the picture would come out more than {one.ratio:.1f} times as often"
            " as it does now. Somebody who thinks it is as likely that you opted out as that you did not, who knows"
            " the answer of everybody else, and who reads all figures of a quarter, can afterwards be at most"
            f" **{one.sure}\u00a0% sure** of your answer. Before, it was 50\u00a0%. From one figure alone it is at"
            f" most {one.sure_of_one}\u00a0%.\n\nThat holds whatever else they know, and however clever they are. It"
            " is a bound for the worst case: usually they learn far less.\n\n"
            "One thing it does not do: an answer that stays the same is counted in each quarter anew. After two"
            f" quarters the bound is {imagined.sure(2)}\u00a0%, after three {imagined.sure(3)}\u00a0%. So the calendar"
            " does not count the same in every quarter."
        ),
    )


def budget() -> Part:
    """What the budget is."""
    return (
        "What the budget is",
        (
            "Each figure that is published gives away a trace of everybody who is in it. The budget says how much all"
            " figures of a quarter together may give away. It is the same for each person and each quarter, and once"
            " it is spent, nothing more is counted in that quarter, by nobody and for no reason. Statisticians call it"
            " epsilon; here it is 1.\n\n"
            "The figures of a quarter share it. So whoever asks for more figures gets worse ones: organizers decide"
            f" whether they want two that are within about {imagined.margin(2)} people of the truth, or six that are"
            f" within about {imagined.margin(6)}. How far off a figure is does not depend on the size of the"
            " department, so a large one is known more closely."
        ),
    )


def last(one: Example) -> tuple[Part, ...]:
    """Why never again, why not small, what can be inferred, an example, and how to check."""
    return (
        (
            "Why they are never drawn again",
            (
                "Chance evens out. Whoever could have the same number drawn 1,000 times could take the middle of them,"
                f" and would be within {imagined.averaged(1000):.1f} people of the truth, which is to know it. So each"
                " number is drawn once. It is stored, its fingerprint is entered in the access log, and everybody who"
                " asks gets the same number, today and in ten years. If somebody changes a stored release, the page"
                " shows an alarm in its place. If a release had a mistake, it stays: to draw it anew would spend a"
                " budget that is gone."
            ),
        ),
        (
            "Why small teams are not shown",
            (
                f"In a team of ten, a range of {imagined.margin(2)} more or less says nothing. And the fewer people"
                " there are, the more a figure says about each of them, whatever noise is on it: if all ten did, you"
                f" did. So no group has fewer than {method.SMALLEST} people, not counting who had left before the"
                " quarter began. Smaller departments are counted together"
                " with others of their division, or of the company where it has no divisions, and small divisions with"
                " other divisions. Totals are made to agree with their parts, so a total less its parts"
                " leaves nothing that was not shown before."
            ),
        ),
        (
            "What these figures cannot tell",
            (
                "- How any one person answered, beyond the bound above; nor whether somebody is among those counted.\n"
                "- Anything about a team, a shift, a site, an age: only what is on the fixed menu, for the groups that"
                " are shown.\n"
                "- A difference that is smaller than the ranges: where two overlap, nobody can say which is larger.\n"
                "- A change from one quarter to the next, where the two ranges overlap.\n"
                "- Which of many ranges is one of the few that miss: of twenty, about one does."
            ),
        ),
        (
            "What they can tell, and what is known anyway",
            (
                "- That many people of a department did something, and that it is more, or fewer, than elsewhere.\n"
                "- What holds for nearly all of a department: if between 97 and 100 of 100 people were exposed, then"
                " so were you, most likely. No noise hides that, and it would be so had you not been counted.\n"
                "- Who works in which department: colleagues know that already, and it is not protected here. Sizes are"
                " rounded all the same.\n"
                "- What the programme itself did is another sort of figure. It counts captures, looks and requests of"
                " the whole company, not people in groups, and is exact: it stands on “The programme’s conduct”. So"
                " how many requests for erasure the whole company made is no secret; in which department is."
            ),
        ),
        (
            "An example, from beginning to end",
            (
                f"1. In Support work {one.people} people. {one.truth} of them opted out. No screen ever shows that"
                f" number.\n2. Two figures are counted in the quarter, so each may spend {one.figure:g} of the budget"
                f" of 1. Most of that, {one.department:g}, goes to the departments, the rest to divisions and the"
                f" company.\n3. A random number is drawn, as large as that share asks for: here"
                f" {one.published - one.truth:+d}. So {one.published} comes out.\n"
                f"4. With that share a number is off by at most {one.margin} in 95 of 100 cases. So the range is"
                f" {one.published} less {one.margin} to {one.published} and {one.margin}.\n"
                "5. Departments, divisions and the company are brought together, so that parts add up to their total."
                " That moves numbers a little, and makes most ranges a little narrower.\n"
                f"6. What is published is “between {one.low} and {one.high} of about {one.people}”. The count of step"
                " 1 is kept nowhere; the release is stored, and its fingerprint is entered in the access log."
            ),
        ),
        (
            "Check it yourself",
            (
                "The JSON of a release holds all that was released, and its fingerprint (SHA-256 of the canonical"
                " form, RFC 8785). The access log holds the same fingerprint in the entry that the file names, and"
                " auditors see it there. This prints the fingerprint of a file that you saved:\n\n"
                f"```sh\n{CHECK}\n```\n\n"
                "Each of those entries also stands in the list of who opened your data, as “to count people for the"
                " programme’s figures”: you were counted, and nobody looked."
            ),
        ),
    )


CHECK = (
    "python3 -c \"import hashlib, json, sys; release = json.load(open(sys.argv[1]))['release'];"
    " print(hashlib.sha256(json.dumps(release, sort_keys=True, separators=(',', ':'), ensure_ascii=False)"
    '.encode()).hexdigest())" daylight-figures-2026-Q3.json'
)


def exact() -> str:
    """The method as each release states it, as markdown."""
    return "\n".join(f"- **{topic}**: {text}" for topic, text in method.SENTENCES.items())
