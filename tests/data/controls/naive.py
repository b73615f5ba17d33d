"""The resolver written the plainest way: each login and each table by itself, following memberships anew each time."""

from __future__ import annotations

from data.controls.postgres.model import PUBLIC, Catalog, ObjectKind, Role, Table


class Naive:
    """Answers one question at a time, by the words of the manual."""

    def __init__(self, catalog: Catalog, *, shown: bool = False) -> None:
        """`shown`: where row-level security has no policy for somebody, they could not read."""
        self.catalog = catalog
        self.shown = shown
        self.roles = {one.name: one for one in catalog.roles}
        self.tables = {one.full: one for one in catalog.tables}

    def could(self, login: str, table: str) -> bool:
        """Whether a login could read any row of a table, in any way."""
        role = self.roles[login]
        can = self.acting(login)
        if role.replication or self.files(login):
            return True
        if not role.superuser and not self.catalog.connect & (self.inherited(login) | {PUBLIC}):
            return False
        seen = {one for name in can for one in self.seen(name)}
        while True:
            above = {one.full for one in self.catalog.tables if self.is_table(one) and one.reads & seen}
            if above <= seen:
                return table in seen
            seen |= above

    def seen(self, name: str) -> set[str]:
        """What somebody sees who is `name` now."""
        if self.roles[name].superuser or self.files(name):
            return set(self.tables)
        found = {one for one in self.tables if self.uses(name, one) and self.reads(name, one)}
        return self.through(found, name)

    def through(self, found: set[str], name: str) -> set[str]:
        """What those tables and views give out to `name`."""
        while True:
            more = {part for one in found for part in self.gives(self.tables[one], name)}
            if more <= found:
                return found
            found = found | more

    def gives(self, table: Table, name: str) -> set[str]:
        if self.is_table(table) or table.kind is ObjectKind.MATERIALIZED:
            return set(table.reads)
        who = name if table.invoker else table.owner
        allowed = {one for one in table.reads if self.reads(who, one)}
        return allowed if table.invoker else self.through(allowed, who)

    def reads(self, name: str, table: str) -> bool:
        """Whether these privileges let somebody select, and some row may be shown where that is asked."""
        return self.selects(name, table) and (not self.shown or self.lets(name, table))

    def lets(self, name: str, table: str) -> bool:
        """Whether row-level security leaves somebody alone, or has a policy for them, or they could take it off."""
        held, role, one = self.inherited(name), self.roles.get(name, Role(name)), self.tables[table]
        given = {who for each in self.catalog.policies if each.table == table and each.command in ("r", "*")
                 for who in each.roles}  # fmt: skip
        return not one.rls or role.superuser or role.bypassrls or bool(held & {one.owner} | given & (held | {PUBLIC}))

    def selects(self, name: str, table: str) -> bool:
        """Whether these privileges, without SET ROLE, let somebody select any column."""
        held = self.inherited(name)
        granted = {one.grantee for one in self.catalog.grants if one.table == table and one.privilege == "SELECT"}
        is_super = self.roles.get(name, Role(name)).superuser
        return is_super or bool(held & {self.tables[table].owner, "pg_read_all_data"} | granted & (held | {PUBLIC}))

    def uses(self, name: str, table: str) -> bool:
        """Whether they may use the schema it is in."""
        held, schema = self.inherited(name), self.tables[table].schema
        may = {one.grantee for one in self.catalog.schema_grants if (one.schema, one.privilege) == (schema, "USAGE")}
        may |= {one.owner for one in self.catalog.schemas if one.name == schema}
        return bool(may & (held | {PUBLIC}) | held & {"pg_read_all_data", "pg_write_all_data"})

    def acting(self, name: str) -> set[str]:
        """Everybody whom somebody could be."""
        found = {name}
        while True:
            more = {one.role for one in self.catalog.memberships if one.set and one.member in found}
            held = {each for one in found for each in self.inherited(one)}
            more |= {one.role for one in self.catalog.memberships if one.admin and one.member in held}
            if self.catalog.version < 160000 and any(self.roles[one].createrole for one in found if one in self.roles):
                more |= {one.name for one in self.catalog.roles if not one.superuser}
            if more <= found:
                return {one for one in found if one in self.roles}
            found |= more

    def inherited(self, name: str) -> set[str]:
        """The roles whose privileges somebody has without more ado."""
        found = {name}
        while True:
            more = {one.role for one in self.catalog.memberships if one.inherit and one.member in found}
            if more <= found:
                return found
            found |= more

    def files(self, name: str) -> bool:
        return bool(self.inherited(name) & {"pg_read_server_files", "pg_execute_server_program"})

    @staticmethod
    def is_table(table: Table) -> bool:
        return table.kind in (ObjectKind.TABLE, ObjectKind.PARTITIONED)
