// Exact JSON: what was written is what is read, and what is signed is what is written.
//
// Numbers keep their text and never pass through a binary fraction on the way in; a name that
// stands twice in one object is refused, because two readers would choose differently; size and
// depth are bounded, because the text comes from outside.
//
// The main path in:
//   JSONValue+Parse  the bounds, then simdjson's pass: UTF-8, strings closed, where tokens start
//   Walk             the grammar, over those starts; every byte between two tokens is looked at
//   WalkStrings      escapes
//   NameSet          names seen in one object
// The main path out:
//   JSONValue+Write  a value in one of three styles
//   JSONWriter       the same text, streamed, for those who need no value (event bodies)
//   NameOrder        RFC 8785's order of names
//   NumberText       the grammar of numbers, ECMAScript's printing, plain decimals
