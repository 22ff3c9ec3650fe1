// Form fields: a label, a hint, and the problem of just this field, tied together for everybody.

import {
  InputHTMLAttributes,
  ReactNode,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
  useId,
} from "react";

interface Around {
  label: string;
  hint?: ReactNode;
  wrong?: string | null | undefined;
}

interface Ties {
  id: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

function Field(
  { label, hint, wrong, children }: Around & { children: (ties: Ties) => ReactNode },
): JSX.Element {
  const id = useId();
  const told = wrong ? `${id}-wrong` : hint !== undefined ? `${id}-hint` : null;
  const ties: Ties = { id };
  if (wrong) ties["aria-invalid"] = true;
  if (told) ties["aria-describedby"] = told;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(ties)}
      {wrong
        ? <p className="wrong" id={`${id}-wrong`}>{wrong}</p>
        : hint !== undefined && <div className="hint" id={`${id}-hint`}>{hint}</div>}
    </div>
  );
}

type Written = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value">;

export function TextField(
  { label, hint, wrong, value, onChange, className, ...rest }: Around & Written & {
    value: string;
    onChange: (value: string) => void;
  },
): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ties) => (
        <input
          {...ties}
          {...rest}
          className={`input ${className ?? ""}`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** The password of who is signed in, asked for once more. */
export function PasswordField(
  props: Omit<Around, "label"> & {
    value: string;
    onChange: (value: string) => void;
    required?: boolean;
  },
): JSX.Element {
  return (
    <TextField
      label="Your password"
      type="password"
      autoComplete="current-password"
      {...props}
    />
  );
}

export function AreaField(
  { label, hint, wrong, value, onChange, ...rest }: Around & {
    value: string;
    onChange: (value: string) => void;
  } & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value">,
): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ties) => (
        <textarea
          {...ties}
          {...rest}
          className="input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function SelectField(
  { label, hint, wrong, value, onChange, options, className, ...rest }: Around & {
    value: string;
    onChange: (value: string) => void;
    options: readonly (readonly [value: string, text: string])[];
  } & Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value">,
): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ties) => (
        <select
          {...ties}
          {...rest}
          className={`input ${className ?? ""}`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {options.map(([one, text]) => <option key={one} value={one}>{text}</option>)}
        </select>
      )}
    </Field>
  );
}
