import { Link } from "../core/router";
import { Door } from "./entry/Door";

export function Nothing(): JSX.Element {
  return (
    <Door title="Nothing here" lead="No page has this address.">
      <Link to="/" className="button main wide">To the start</Link>
    </Door>
  );
}
