-- One row per process step, running or ended: the board an operator looks at.
CREATE TABLE sagas (
  -- conversion, batch, split, hostpay, transfer
  kind TEXT NOT NULL,
  -- The conversion's, batch's or transfer's id; hostpay has its split's.
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  -- True once nothing more happens, by itself or by a person.
  is_ended BOOLEAN NOT NULL,
  -- When it began, and when it came into this state.
  started_at instant_text NOT NULL,
  since instant_text NOT NULL,
  -- Until when the outside's offer stands; NULL where nothing runs out.
  deadline instant_text,
  -- From then on it counts as stuck: at once where a person is waited for; NULL once it has ended.
  due_at instant_text,
  -- When the log has it that it was overdue; NULL where it wasn't, or since it went on.
  overdue_at instant_text,
  -- What it waits for, in words.
  waits_for TEXT,
  -- Why it is held, parked or failed.
  reason TEXT,
  -- Tries so far, from 1: swaps opened, signatures made.
  attempt INTEGER NOT NULL,
  -- Attempts that were made by themselves, of this one and those before it.
  later_attempts INTEGER NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE INDEX sagas_running ON sagas (is_ended, kind, state);
CREATE INDEX sagas_channel ON sagas (channel);
