-- Two roles in place of one: companion_owner makes and changes tables, companion works with the rows in them.
-- Whoever gets hold of the service cannot switch off what refuses to change the audit trail, nor drop a table.
--
-- As an administrator of the database, in the (new or old) database of the service, before its first migration or later:
--   psql --dbname companion --file deploy/roles.sql
-- Then give both a way to sign in (ALTER ROLE … LOGIN PASSWORD …, or a certificate).

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'companion_owner') THEN
        CREATE ROLE companion_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'companion') THEN
        CREATE ROLE companion LOGIN;
    END IF;
    -- Of a service that ran with one role so far.
    REASSIGN OWNED BY companion TO companion_owner;
    EXECUTE format('ALTER DATABASE %I OWNER TO companion_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO companion', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO companion;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO companion;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO companion;
ALTER DEFAULT PRIVILEGES FOR ROLE companion_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO companion;
ALTER DEFAULT PRIVILEGES FOR ROLE companion_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO companion;

-- The service has a table's statistics made anew when it has grown much. Before PostgreSQL 17 only an owner can.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO companion';
        EXECUTE 'ALTER DEFAULT PRIVILEGES FOR ROLE companion_owner IN SCHEMA public GRANT MAINTAIN ON TABLES TO companion';
    END IF;
END
$$;
