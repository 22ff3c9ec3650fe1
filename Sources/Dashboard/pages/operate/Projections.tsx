import { rows as rowsAnswer, tables as tablesAnswer } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { Badge, Empty, Panel, Position, Shown } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";
import { Rebuild } from "./Rebuild";

/** Every table folded from the log, and how far each is. */
export function Projections(): JSX.Element {
  const loaded = useLoaded("/api/admin/projections", tablesAnswer);
  return (
    <Page
      title="Projections"
      position={loaded.value?.position}
      lead="Tables are folds over the log: any of them can be thrown away and made again. A
        rebuild runs beside the live table and shows every difference before it is switched in."
    >
      <Panel
        title="Tables"
        flush
        footer={
          <span className="small soft">
            A table's page compares it with the log, makes it anew and switches it in.
          </span>
        }
      >
        <Shown of={loaded}>
          {(value) => (
            <Table
              rows={value.tables}
              name={(one) => one.table}
              columns={[
                {
                  title: "Table",
                  cell: (one) => (
                    <Link to={`/operate/projections/${one.table}`}>
                      <code>{one.table}</code>
                    </Link>
                  ),
                },
                {
                  title: "State",
                  cell: (one) =>
                    one.stale
                      ? <Badge tone="bad">needs a rebuild</Badge>
                      : one.lag === 0
                      ? <Badge tone="good">current</Badge>
                      : <Badge tone="info">following</Badge>,
                },
                {
                  title: "Rows",
                  isNumber: true,
                  cell: (one) => <Link to={`/operate/projections/${one.table}`}>{one.rows}</Link>,
                },
                {
                  title: "Taken in up to",
                  cell: (one) => one.position > 0 ? <Position at={one.position} /> : "nothing",
                },
                { title: "Behind", isNumber: true, cell: (one) => one.lag },
              ]}
            />
          )}
        </Shown>
      </Panel>
    </Page>
  );
}

/** The rows of one table. */
export function ProjectionRows({ table }: { table: string }): JSX.Element {
  const [after, setAfter] = useQueryValue("after");
  const path = `/api/admin/projections/${encodeURIComponent(table)}${query({ after, limit: 100 })}`;
  const loaded = useLoaded(path, rowsAnswer);
  return (
    <Page
      title={table}
      position={loaded.value?.position}
      crumbs={<Link to="/operate/projections">Projections</Link>}
    >
      <Rebuild table={table} />
      <Panel
        title="Rows"
        flush
        footer={loaded.value && (
          <span className="row">
            {after && (
              <button
                type="button"
                className="button tight"
                onClick={() => setAfter(null)}
              >
                First page
              </button>
            )}
            {loaded.value.next !== null && (
              <button
                type="button"
                className="button tight"
                onClick={() => setAfter(String(loaded.value?.next))}
              >
                Next page
              </button>
            )}
          </span>
        )}
      >
        <Shown of={loaded}>
          {(value) => {
            const columns = Object.keys(value.rows[0] ?? {});
            if (columns.length === 0) return <Empty icon="tables" title="No row" />;
            return (
              <Table
                rows={value.rows}
                name={(_, index) => index}
                columns={columns.map((name) => ({
                  title: name,
                  cell: (row: Record<string, unknown>) => <Cell name={name} value={row[name]} />,
                }))}
              />
            );
          }}
        </Shown>
      </Panel>
    </Page>
  );
}

function Cell({ name, value }: { name: string; value: unknown }): JSX.Element {
  if (value === null || value === undefined) return <span className="faint">–</span>;
  if (name === "position" && typeof value === "number" && value > 0) return <Position at={value} />;
  return <span className="figures nowrap">{String(value)}</span>;
}
