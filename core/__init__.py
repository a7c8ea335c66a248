"""The domain: what the words mean, what is allowed, how it is stored.

The words, in the order in which they meet on one day at a site:

- practitioner (从业人员): a person who works for an agency; agency (机构): the fire-safety service firm.
- project (项目): what an agency does at one place for one client; contact (联系人): who speaks for that client.
- visit (执业): a practitioner's start at a site, later its end; feedback (反馈): the form that tells what was done.
- fact: what happened at a site; never refused once written down, only judged. Kinds: start, end, form, attempt.
- gate: asked on the device before a fact is written; judge: run everywhere afterwards, gives the verdict.
- verdict: what a fact is worth (counted time, or why it is zero); a fold over facts in trusted time.
- seal: what the server has decided for good (an evaluated day, a pushed month); what comes later is a 更正.
- draft: an edit made offline; it names the version that it saw and is merged by field groups.
- command: any change, frozen and typed; the bus runs it: permission, handler, audit, stamps, one transaction.
- actor: who acts: a person (by face), an account, a contact (through a page), a device, a job.
- journal: a device's append-only chain of entries; entry: the exact bytes of one command with its evidence.
- trusted time: when an entry really happened, derived from its journal alone; proven, bracketed or unproven.
- anchor: the server's signed time inside a journal; head: a journal's last number and hash, signed.
- sealed part: an entry's personal data, encrypted outside the hashed bytes, so that it can be erased.
- scope: the rows that a device may pull (an agency, its projects, itself); commit log: the order of all changes.

Nothing here imports Qt (``core.qt`` excepted, for the two programs with windows) or anything of HTTP.
"""
