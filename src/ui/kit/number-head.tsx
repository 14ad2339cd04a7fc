interface Props {
  /** Title of the first column, whose cells name the rows. */
  readonly first: string;
  /** Titles of the columns of numbers. */
  readonly numbers: readonly string[];
}

/** The head of a table whose rows are named things with numbers. */
export function NumberHead({ first, numbers }: Props) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {numbers.map((name) => (
          <th key={name} scope="col" className="number">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
