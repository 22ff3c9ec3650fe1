// Rows under headings: the one table of every page.

import { ReactNode } from "react";
import { Scroll } from "./basics";

export interface Column<T> {
  readonly title: string;
  /** Figures stand to the right. */
  readonly isNumber?: boolean;
  cell(row: T): ReactNode;
}

export function Table<T>(
  { label = "Table", rows, name, columns, slim = false }: {
    label?: string;
    rows: readonly T[];
    /** What tells a row from the others. */
    name: (row: T, index: number) => string | number;
    columns: readonly Column<T>[];
    slim?: boolean;
  },
): JSX.Element {
  return (
    <Scroll label={label} slim={slim}>
      <table className={columns.length > 5 ? "wide" : undefined}>
        <thead>
          <tr>
            {columns.map((one) => (
              <th key={one.title} className={one.isNumber ? "number" : undefined}>{one.title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={name(row, index)}>
              {columns.map((one) => (
                <td key={one.title} className={one.isNumber ? "number" : undefined}>
                  {one.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
