-- The record in PostgreSQL 13 and newer. See README.md beside this folder for what a migration may do.

-- A `turn` is what the whole log is ordered by: `era.start` plus the id of the transaction that appended. Ids of
-- transactions begin anew when a dump is restored into another server; then the era is moved on (`moved_1`), so that
-- turns never come again and every cursor that was given out stays a place in the log.
CREATE TABLE wideawake.era (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    start    bigint NOT NULL
);
INSERT INTO wideawake.era (start) VALUES (0);

CREATE SEQUENCE wideawake.positions;

-- The newest state of each stream. `kind` is a code (see codes.rs), in the order in which pages of streams are read.
-- `ended_at` is in microseconds since 1970; the largest integer stands for "not ended", so that one range finds both what
-- has not ended and what ended lately. Most appends change no indexed column, and find room beside the old row.
CREATE TABLE wideawake.streams (
    kind     smallint NOT NULL,
    id       uuid     NOT NULL,
    version  bigint   NOT NULL,
    ended_at bigint   NOT NULL,
    pool     text     NOT NULL,
    hash     bytea    NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 60);
CREATE INDEX streams_open ON wideawake.streams (kind, pool, ended_at);

-- `at` is in microseconds since 1970.
CREATE TABLE wideawake.events (
    turn     bigint   NOT NULL,
    position bigint   NOT NULL,
    version  bigint   NOT NULL,
    at       bigint   NOT NULL,
    id       uuid     NOT NULL,
    kind     smallint NOT NULL,
    pool     text     NOT NULL,
    type     text     NOT NULL,
    actor    text     NOT NULL,
    trace    text     NOT NULL,
    data     text     NOT NULL,
    hash     bytea    NOT NULL,
    PRIMARY KEY (kind, id, version)
);
CREATE UNIQUE INDEX events_by_turn ON wideawake.events (turn, position);

CREATE TABLE wideawake.leases (
    name       text PRIMARY KEY,
    holder     text        NOT NULL,
    token      bigint      NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Events that the bus may not have been told of. `touched` is when the row came, or when somebody claimed it last; it
-- is in no index, so that a claim finds room beside the old row. All of it is dead soon: clean up early and without pause.
CREATE TABLE wideawake.outbox (
    position bigint PRIMARY KEY,
    version  bigint      NOT NULL,
    touched  timestamptz NOT NULL,
    id       uuid        NOT NULL,
    kind     smallint    NOT NULL
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0
);

-- Wrapped data keys, in 32 tables: a key is destroyed by writing the rest of its table anew (`forget_1`), because nothing
-- less takes the bytes of a deleted row out of its page. `forgetting` names the tables where that is yet to be done.
DO $make$
DECLARE
    every text;
BEGIN
    FOR bucket IN 0..31 LOOP
        EXECUTE format(
            'CREATE TABLE wideawake.keys_%s (kind smallint NOT NULL, id uuid NOT NULL, wrapped bytea NOT NULL,
             PRIMARY KEY (kind, id))', bucket);
    END LOOP;
    SELECT string_agg(format('SELECT kind, id, wrapped FROM wideawake.keys_%s', n), ' UNION ALL ' ORDER BY n)
        INTO every FROM generate_series(0, 31) n;
    EXECUTE 'CREATE VIEW wideawake.keys AS ' || every;
END
$make$;
CREATE TABLE wideawake.forgetting (bucket integer NOT NULL);

CREATE TABLE wideawake.keys_due (
    kind       smallint NOT NULL,
    id         uuid     NOT NULL,
    destroy_at bigint   NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX keys_due_at ON wideawake.keys_due (destroy_at);

CREATE FUNCTION wideawake.bucket_1(of_id uuid) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT get_byte(uuid_send(of_id), 15) & 31
$$;

-- The wrapped key of a stream, or null.
CREATE FUNCTION wideawake.key_1(of_kind smallint, of_id uuid) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_key bytea;
BEGIN
    EXECUTE format('SELECT wrapped FROM wideawake.keys_%s WHERE kind = $1 AND id = $2', wideawake.bucket_1(of_id))
        INTO found_key USING of_kind, of_id;
    RETURN found_key;
END
$$;

-- What an append does with the key of its stream: 1 creates, 2 notes when it must be destroyed, 3 destroys.
CREATE FUNCTION wideawake.change_key_1(of_kind smallint, of_id uuid, change smallint, new_key bytea, due bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bucket integer := wideawake.bucket_1(of_id);
    had integer;
BEGIN
    IF change = 1 THEN
        EXECUTE format('INSERT INTO wideawake.keys_%s (kind, id, wrapped) VALUES ($1, $2, $3)', bucket)
            USING of_kind, of_id, new_key;
    ELSIF change = 2 THEN
        IF wideawake.key_1(of_kind, of_id) IS NOT NULL THEN
            INSERT INTO wideawake.keys_due AS k (kind, id, destroy_at) VALUES (of_kind, of_id, due)
                ON CONFLICT (kind, id) DO UPDATE SET destroy_at = excluded.destroy_at;
        END IF;
    ELSIF change = 3 THEN
        EXECUTE format('DELETE FROM wideawake.keys_%s WHERE kind = $1 AND id = $2', bucket) USING of_kind, of_id;
        GET DIAGNOSTICS had = ROW_COUNT;
        IF had > 0 THEN
            INSERT INTO wideawake.forgetting (bucket) VALUES (bucket);
        END IF;
        DELETE FROM wideawake.keys_due k WHERE k.kind = of_kind AND k.id = of_id;
    END IF;
END
$$;

-- Puts a new wrapped key in the place of the old one, if that is still there.
CREATE FUNCTION wideawake.replace_key_1(of_kind smallint, of_id uuid, old_key bytea, new_key bytea)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    bucket integer := wideawake.bucket_1(of_id);
    had integer;
BEGIN
    EXECUTE format('UPDATE wideawake.keys_%s SET wrapped = $4 WHERE kind = $1 AND id = $2 AND wrapped = $3', bucket)
        USING of_kind, of_id, old_key, new_key;
    GET DIAGNOSTICS had = ROW_COUNT;
    IF had > 0 THEN
        INSERT INTO wideawake.forgetting (bucket) VALUES (bucket);
    END IF;
    RETURN had > 0;
END
$$;

-- Writes the living keys of a table to a new file; the old one goes, with all that was deleted in it. Whoever uses the
-- table at the moment makes this fail soon (`lock_timeout`) rather than make others wait.
CREATE FUNCTION wideawake.forget_1(of_bucket integer) RETURNS void LANGUAGE plpgsql SET lock_timeout = '250ms' AS $$
DECLARE
    kinds smallint[];
    ids uuid[];
    kept bytea[];
BEGIN
    EXECUTE format('LOCK TABLE wideawake.keys_%s IN ACCESS EXCLUSIVE MODE', of_bucket);
    DELETE FROM wideawake.forgetting f WHERE f.bucket = of_bucket;
    EXECUTE format('SELECT array_agg(kind), array_agg(id), array_agg(wrapped) FROM wideawake.keys_%s', of_bucket)
        INTO kinds, ids, kept;
    EXECUTE format('TRUNCATE wideawake.keys_%s', of_bucket);
    EXECUTE format('INSERT INTO wideawake.keys_%s (kind, id, wrapped) SELECT * FROM unnest($1, $2, $3)', of_bucket)
        USING kinds, ids, kept;
END
$$;

-- Several appends, at most one per stream, each judged by itself; all that are good are written in one transaction.
--
-- Locks are taken in one order everywhere, so that there are no deadlocks: leases, then streams, each by number. They are
-- taken before this transaction gets an id. Of two appends to one stream the later therefore has the larger id, and a
-- reader who takes events by id never sees a version before the one it follows. The lock on a lease is shared; who takes
-- the lease over holds it alone (`lease_1`): when they have their token, every append under an older one has ended.
--
-- `owners` says to which append each event belongs, `nths` which of its events it is. `encoded` is all that is hashed of
-- an event between the hash before it and its data (see chain.rs).
--
-- A verdict is -1 (written), -2 (fenced) or the version at which the stream is.
CREATE FUNCTION wideawake.append_1(
    kinds smallint[], ids uuid[], pools text[], expected bigint[], ats bigint[], actors text[], traces text[],
    ends bigint[], fences text[], tokens bigint[], key_changes smallint[], key_values bytea[], key_times bigint[],
    owners integer[], nths bigint[], types text[], datas text[], encoded bytea[], keeps_outbox boolean,
    OUT verdicts bigint[], OUT positions bigint[], OUT hashes bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
    lock_key bigint;
    newest   bigint[];
    versions bigint[];
    heads    bytea[];
    owner    integer;
    my_turn  bigint;
    written  integer := 0;
    fresh    integer := 0;
    first    bytea := decode('01', 'hex');
BEGIN
    IF cardinality(fences) > 0 THEN
        FOR lock_key IN SELECT DISTINCT hashtext(f) FROM unnest(fences) f WHERE f IS NOT NULL ORDER BY 1 LOOP
            PERFORM pg_advisory_xact_lock_shared(2002873198, lock_key::integer);
        END LOOP;
        SELECT array_agg(l.token ORDER BY f.n) INTO newest
            FROM unnest(fences) WITH ORDINALITY f(name, n) LEFT JOIN wideawake.leases l ON l.name = f.name;
    END IF;

    IF cardinality(ids) = 1 THEN
        PERFORM pg_advisory_xact_lock(uuid_hash_extended(ids[1], kinds[1]));
        SELECT ARRAY[s.version], ARRAY[s.hash] INTO versions, heads
            FROM wideawake.streams s WHERE s.kind = kinds[1] AND s.id = ids[1];
        IF NOT FOUND THEN
            versions := ARRAY[0];
            heads := ARRAY[decode(repeat('00', 32), 'hex')];
        END IF;
    ELSE
        FOR lock_key IN
            SELECT DISTINCT uuid_hash_extended(a.id, a.kind) FROM unnest(kinds, ids) a(kind, id) ORDER BY 1
        LOOP
            PERFORM pg_advisory_xact_lock(lock_key);
        END LOOP;
        SELECT array_agg(coalesce(s.version, 0) ORDER BY a.n),
               array_agg(coalesce(s.hash, decode(repeat('00', 32), 'hex')) ORDER BY a.n)
            INTO versions, heads
            FROM unnest(kinds, ids) WITH ORDINALITY a(kind, id, n)
            LEFT JOIN wideawake.streams s ON s.kind = a.kind AND s.id = a.id;
    END IF;

    FOR i IN 1..cardinality(ids) LOOP
        IF newest IS NOT NULL AND fences[i] IS NOT NULL AND newest[i] IS DISTINCT FROM tokens[i] THEN
            verdicts[i] := -2;
        ELSIF versions[i] <> expected[i] THEN
            verdicts[i] := versions[i];
        ELSE
            verdicts[i] := -1;
            written := written + 1;
            IF versions[i] = 0 THEN
                fresh := fresh + 1;
            END IF;
        END IF;
    END LOOP;
    IF written = 0 THEN
        RETURN;
    END IF;

    positions := array_fill(NULL::bigint, ARRAY[cardinality(owners)]);
    hashes := array_fill(NULL::bytea, ARRAY[cardinality(owners)]);
    FOR j IN 1..cardinality(owners) LOOP
        owner := owners[j];
        IF verdicts[owner] = -1 THEN
            positions[j] := nextval('wideawake.positions');
            hashes[j] := sha256(first || heads[owner] || encoded[j] || convert_to(datas[j], 'UTF8'));
            heads[owner] := hashes[j];
            versions[owner] := versions[owner] + 1;
        END IF;
    END LOOP;

    IF fresh > 0 THEN
        INSERT INTO wideawake.streams (kind, id, version, ended_at, pool, hash)
            SELECT a.kind, a.id, a.version, coalesce(a.ended_at, 9223372036854775807), a.pool, a.hash
            FROM unnest(kinds, ids, versions, ends, pools, heads, verdicts, expected)
                a(kind, id, version, ended_at, pool, hash, verdict, was)
            WHERE a.verdict = -1 AND a.was = 0;
    END IF;
    IF fresh < written THEN
        UPDATE wideawake.streams s
            SET version = a.version, ended_at = coalesce(a.ended_at, s.ended_at), pool = a.pool, hash = a.hash
            FROM unnest(kinds, ids, versions, ends, pools, heads, verdicts, expected)
                a(kind, id, version, ended_at, pool, hash, verdict, was)
            WHERE a.verdict = -1 AND a.was > 0 AND s.kind = a.kind AND s.id = a.id;
    END IF;

    my_turn := (SELECT e.start FROM wideawake.era e) + pg_current_xact_id()::text::bigint;
    INSERT INTO wideawake.events (turn, position, version, at, id, kind, pool, type, actor, trace, data, hash)
        SELECT my_turn, e.position, expected[e.owner] + e.nth, ats[e.owner], ids[e.owner], kinds[e.owner],
               pools[e.owner], e.type, actors[e.owner], traces[e.owner], e.data, e.hash
        FROM unnest(owners, nths, types, datas, positions, hashes) e(owner, nth, type, data, position, hash)
        WHERE e.position IS NOT NULL;
    IF keeps_outbox THEN
        INSERT INTO wideawake.outbox (position, version, touched, id, kind)
            SELECT e.position, expected[e.owner] + e.nth, clock_timestamp(), ids[e.owner], kinds[e.owner]
            FROM unnest(owners, nths, positions) e(owner, nth, position)
            WHERE e.position IS NOT NULL;
    END IF;
    IF cardinality(key_changes) > 0 THEN
        FOR i IN 1..cardinality(ids) LOOP
            IF verdicts[i] = -1 AND key_changes[i] > 0 THEN
                PERFORM wideawake.change_key_1(kinds[i], ids[i], key_changes[i], key_values[i], key_times[i]);
            END IF;
        END LOOP;
    END IF;
END
$$;

-- Takes or renews a lease by the clock of this server. `held_by` is null when it was taken.
CREATE FUNCTION wideawake.lease_1(
    of_name text, new_holder text, lasts interval,
    OUT new_token bigint, OUT held_by text, OUT expires_in double precision
) LANGUAGE plpgsql AS $$
DECLARE
    found_lease wideawake.leases;
BEGIN
    -- Renewing changes no token, so that no append need wait for it; nor for those who ask in vain.
    UPDATE wideawake.leases l SET expires_at = clock_timestamp() + lasts
        WHERE l.name = of_name AND l.holder = new_holder RETURNING l.token INTO new_token;
    IF FOUND THEN
        RETURN;
    END IF;
    FOR attempt IN 1..2 LOOP
        SELECT * INTO found_lease FROM wideawake.leases l WHERE l.name = of_name;
        IF FOUND AND found_lease.holder <> new_holder AND found_lease.expires_at > clock_timestamp() THEN
            held_by := found_lease.holder;
            expires_in := extract(epoch FROM found_lease.expires_at - clock_timestamp());
            RETURN;
        END IF;
        IF attempt = 1 THEN
            -- From here on nothing is appended under this lease, and all that was is committed.
            PERFORM pg_advisory_xact_lock(2002873198, hashtext(of_name));
            -- Whoever renews at this moment is before or behind us.
            PERFORM 1 FROM wideawake.leases l WHERE l.name = of_name FOR UPDATE;
        END IF;
    END LOOP;
    INSERT INTO wideawake.leases AS l (name, holder, token, expires_at)
        VALUES (of_name, new_holder, 1, clock_timestamp() + lasts)
        ON CONFLICT (name) DO UPDATE SET
            holder = excluded.holder,
            token = CASE WHEN l.holder = excluded.holder THEN l.token ELSE l.token + 1 END,
            expires_at = excluded.expires_at
        RETURNING l.token INTO new_token;
END
$$;

-- Whether the record was restored into a server whose transactions count from less than the record has seen.
CREATE FUNCTION wideawake.moved_1() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT max(e.turn) FROM wideawake.events e) >=
        (SELECT e.start FROM wideawake.era e) + pg_snapshot_xmax(pg_current_snapshot())::text::bigint, false)
$$;

-- Moves the era on, behind every turn that can have been given out.
CREATE FUNCTION wideawake.move_1() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2002873197, 0);
    IF wideawake.moved_1() THEN
        UPDATE wideawake.era SET start = (((SELECT max(e.turn) FROM wideawake.events e) >> 40) + 1) << 40;
    END IF;
END
$$;
