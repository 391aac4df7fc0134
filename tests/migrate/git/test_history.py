"""Commits of a branch, oldest first; only those that the run made itself have an item."""

from cellwall.migrate.batch import FileChange
from cellwall.migrate.git.history import ItemCommit, commits_after
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.trailer import message_with_trailer


def make(repo: Repository, parent: str, number: int) -> str:
    message = message_with_trailer("Change", f"run/a01-b00{number}")
    return repo.commit_changes(parent, [FileChange(f"n{number}", None, b"")], message=message, at=5)


def test_in_order_also_when_all_have_one_time(repo) -> None:
    commits = [repo.head_commit()]
    for number in range(5):
        commits.append(make(repo, commits[-1], number))
    found = commits_after(repo.git, commits[-1], commits[0])
    assert found == [ItemCommit(commits[n + 1], f"run/a01-b00{n}", (f"n{n}",)) for n in range(5)]
    assert commits_after(repo.git, commits[0], commits[0]) == []
    assert [made.commit for made in commits_after(repo.git, commits[3], commits[1])] == commits[2:4]


def test_commits_of_others_have_no_item(repo, git) -> None:
    base = repo.head_commit()
    own = make(repo, base, 1)
    git(repo.root, "checkout", "-q", "-b", "work", own)
    git(repo.root, "commit", "-q", "--amend", "--no-edit")
    amended = git(repo.root, "rev-parse", "HEAD")
    assert [made.item for made in commits_after(repo.git, amended, base)] == [""]
    git(repo.root, "reset", "-q", "--hard", own)
    git(repo.root, "merge", "-q", "--no-ff", "-m", "merge\n\nCellwall-Item: x", amended)
    found = commits_after(repo.git, git(repo.root, "rev-parse", "HEAD"), base)
    assert sorted(made.item for made in found) == ["", "", "run/a01-b001"]


def test_a_merge_is_never_the_runs_whoever_made_it(repo) -> None:
    base = repo.head_commit()
    one, two = make(repo, base, 1), make(repo, base, 2)
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Cellwall"), ("EMAIL", "cellwall@cellwall.invalid"))
    }
    arguments = ("commit-tree", repo.tree_of(two), "-p", one, "-p", two, "-m", "m\n\nCellwall-Item: x")
    merge = repo.git.run(*arguments, variables=identity).decode().strip()
    assert {made.commit: made.item for made in commits_after(repo.git, merge, base)}[merge] == ""


def test_a_forged_author_in_the_message_does_not_count(repo, git) -> None:
    base = repo.head_commit()
    own = "Cellwall <cellwall@cellwall.invalid> 5 +0000"
    text = f"x\n\nauthor {own}\ncommitter {own}\n\nCellwall-Item: run/forged"
    git(repo.root, "commit", "-q", "--allow-empty", "-m", text)
    assert [made.item for made in commits_after(repo.git, repo.head_commit(), base)] == [""]
