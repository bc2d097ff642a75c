// What is wrong with a form, and which of its fields it is about.

/** What the page itself finds wrong: sentences by the names of fields. */
export class Invalid extends Error {
  constructor(fields) {
    super(Object.values(fields).join(" "));
    this.details = Object.entries(fields).map(([target, message]) => ({ target, message }));
  }
}

/** Returns the field that a path of the API names: `$.title` and `Title` are title. */
export const fieldOf = (path) => {
  const name = path.replace(/^\$\.?/, "");
  return name.charAt(0).toLowerCase() + name.slice(1);
};

const NOT_LET =
  "The service does not let you do this. Your key only reads, or is not valid any more.";

/**
 * Returns {problems, problem} of a failure: sentences by field, and what is about no field, or
 * null. `has` says whether the form has a field of that name.
 */
export function sorted(failure, has, named = fieldOf) {
  const details = failure.details?.length ? failure.details : [failure];
  const problems = {};
  const others = [];
  for (const { target, message } of details) {
    const field = target && named(target);
    if (field && has(field)) problems[field] ??= message;
    else others.push(target && target !== field ? `${message} (${target})` : message);
  }
  if (failure.status === 401) return { problems: {}, problem: new Error(NOT_LET) };
  return { problems, problem: others.length ? new Error(others.join(" ")) : null };
}
