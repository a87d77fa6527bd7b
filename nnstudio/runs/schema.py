"""The tables of the run database, and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3

from nnstudio.spec.errors import FileError

MIGRATIONS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        started REAL NOT NULL,     -- seconds since 1970, UTC
        status TEXT NOT NULL,      -- running, completed, stopped, failed, abandoned
        project TEXT NOT NULL,     -- JSON, with absolute paths
        fingerprint TEXT NOT NULL, -- of the data
        version TEXT NOT NULL,     -- of nnstudio
        plan TEXT,                 -- JSON: the numeric plan
        result TEXT,               -- JSON: RunFinished without its identity
        error TEXT                 -- a sentence
    );
    CREATE TABLE epochs (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        train TEXT NOT NULL,       -- JSON: loss and metrics by key
        validation TEXT NOT NULL,
        seconds REAL NOT NULL,
        best INTEGER NOT NULL,
        PRIMARY KEY (run, epoch)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE folds (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        fold INTEGER NOT NULL,     -- from 1
        measures TEXT NOT NULL,    -- JSON: of its best epoch, on the rows that it was not trained on
        PRIMARY KEY (run, fold)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE epochs ADD COLUMN learning_rate REAL NOT NULL DEFAULT 0; -- 0 where it was not written down
    """,
    """
    ALTER TABLE runs ADD COLUMN data TEXT NOT NULL DEFAULT '';         -- path of the source
    ALTER TABLE runs ADD COLUMN device TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN environment TEXT NOT NULL DEFAULT '{}'; -- JSON: versions and machine
    ALTER TABLE runs ADD COLUMN parameters INTEGER NOT NULL DEFAULT 0;  -- 0 where it was not written down
    ALTER TABLE runs ADD COLUMN epochs INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN measure TEXT NOT NULL DEFAULT '';       -- part and key of the score
    ALTER TABLE runs ADD COLUMN score REAL;                             -- in the best epoch
    ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '';          -- separated by commas
    ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
    UPDATE runs SET data = coalesce(json_extract(project, '$.data.source.path'), '');
    UPDATE runs SET device = coalesce(json_extract(plan, '$.device'), '') WHERE plan IS NOT NULL;
    UPDATE runs SET
        epochs = coalesce(json_extract(result, '$.epochs'), 0),
        seconds = coalesce(json_extract(result, '$.seconds'), 0),
        measure = CASE
            WHEN json_extract(result, '$.validation.accuracy') IS NOT NULL THEN 'validation accuracy'
            WHEN json_extract(result, '$.validation.r2') IS NOT NULL THEN 'validation r2'
            WHEN json_extract(result, '$.validation.loss') IS NOT NULL THEN 'validation loss'
            ELSE 'train loss' END,
        score = coalesce(
            json_extract(result, '$.validation.accuracy'),
            json_extract(result, '$.validation.r2'),
            json_extract(result, '$.validation.loss'),
            json_extract(result, '$.train.loss'))
        WHERE result IS NOT NULL AND json_valid(result);
    CREATE INDEX runs_by_start ON runs (started);
    """,
    # What a list shows lies behind the long project in every row: an index that holds all of it is read instead.
    """
    DROP INDEX runs_by_start;
    CREATE INDEX runs_listed ON runs (
        started, id, name, status, data, measure, score, epochs, parameters, seconds, tags, notes, device, version,
        fingerprint, environment, error
    );
    """,
    """
    CREATE TABLE batches (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        first INTEGER NOT NULL,    -- the first batch that a point stands for, from 0
        count INTEGER NOT NULL,    -- batches that it stands for
        mean REAL,                 -- of their losses; nothing where it is no number
        low REAL,
        high REAL,
        PRIMARY KEY (run, first)
    ) WITHOUT ROWID;
    ALTER TABLE runs ADD COLUMN epoch_batches INTEGER NOT NULL DEFAULT 0; -- 0 where it was not written down
    """,
    """
    CREATE TABLE changes (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,   -- from 1
        epoch INTEGER NOT NULL,    -- behind so many batches of which it was made
        batch INTEGER NOT NULL,
        learning_rate REAL NOT NULL,
        weight_decay REAL NOT NULL,
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE origins (
        run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
        origin TEXT NOT NULL,      -- the run that it goes on from, which may be deleted since
        epoch INTEGER NOT NULL,    -- behind which it goes on
        weights TEXT NOT NULL      -- last, best
    ) WITHOUT ROWID;
    CREATE TABLE endings (         -- runs whose end was kept, to be gone on from
        run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
        ended REAL NOT NULL,       -- seconds since 1970, UTC
        bytes INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE searches (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        started REAL NOT NULL,     -- seconds since 1970, UTC
        status TEXT NOT NULL,      -- running, completed, stopped
        project TEXT NOT NULL,     -- JSON, with absolute paths; it says what is searched
        fingerprint TEXT NOT NULL, -- of the data
        data TEXT NOT NULL,        -- path of the source
        objective TEXT NOT NULL,   -- what trials are judged by, such as validation loss
        better TEXT NOT NULL,      -- higher, lower
        trials INTEGER NOT NULL    -- as many are planned; 0 sets no limit
    );
    CREATE TABLE trials (
        search TEXT NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,   -- from 1; one that was never finished is missing
        outcome TEXT NOT NULL,     -- completed, pruned, failed
        tried TEXT NOT NULL,       -- JSON: values by the paths of fields
        value REAL,                -- what the objective was in the best epoch
        reported TEXT NOT NULL,    -- JSON: pairs of step and value, which the pruner compares
        attributes TEXT NOT NULL,  -- JSON: what the sampler remembers
        run TEXT NOT NULL,         -- empty where nothing was trained
        epochs INTEGER NOT NULL,
        seconds REAL NOT NULL,
        error TEXT NOT NULL,       -- a sentence
        same_as INTEGER NOT NULL,  -- the trial whose result was taken, else 0
        best INTEGER NOT NULL,     -- none before it was better
        PRIMARY KEY (search, number)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE folds ADD COLUMN baseline TEXT NOT NULL DEFAULT '{}'; -- JSON: what always giving one answer scores
    ALTER TABLE runs ADD COLUMN baseline REAL;             -- the same beside the score; NULL where it is not known
    ALTER TABLE runs ADD COLUMN balanced REAL;             -- balanced accuracy beside the score
    ALTER TABLE runs ADD COLUMN balanced_baseline REAL;
    ALTER TABLE runs ADD COLUMN always TEXT NOT NULL DEFAULT ''; -- the one answer
    DROP INDEX runs_listed;
    CREATE INDEX runs_listed ON runs (
        started, id, name, status, data, measure, score, baseline, balanced, balanced_baseline, always, epochs,
        parameters, seconds, tags, notes, device, version, fingerprint, environment, error
    );
    """,
)
"""Migration ``i`` leads from version ``i`` to ``i + 1``; a landed one is never changed."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version; raises `FileError` for one that a newer nnstudio wrote."""
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise FileError(
            "The run database was written by a newer nnstudio.",
            f"It has version {version}, this nnstudio knows {len(MIGRATIONS)}.",
            "Use the newer nnstudio.",
        )
    while _version(connection) < len(MIGRATIONS):
        _step(connection)


def _step(connection: sqlite3.Connection) -> None:
    """One migration in one transaction; another process may have made it while this one waited for the lock."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version < len(MIGRATIONS):
            for statement in _statements(MIGRATIONS[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # on a full disk SQLite has rolled back already
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """The statements of a script: ``executescript`` would end the transaction."""
    without_comments = "\n".join(line.split("--")[0] for line in script.splitlines())
    return [statement for statement in without_comments.split(";") if statement.strip()]
