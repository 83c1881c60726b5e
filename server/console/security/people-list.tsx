import type { PersonShown } from "../../security/api.ts";
import { useTexts } from "../texts/use-texts.ts";

/** Who can use what: people, their roles, and how they sign in. */
export function PeopleList({ people }: { people: readonly PersonShown[] }) {
  const { t } = useTexts();
  return (
    <section aria-labelledby="people-title">
      <h2 id="people-title">{t("security.people.title")}</h2>
      <ul className="plain">
        {people.map(({ id, name, roles, state, demonstration, passkeys }) => (
          <li key={id} data-person={id}>
            <strong>{name}</strong> <span className="code">{id}</span> ·{" "}
            {roles.map((role) => t(`security.role.${role as "operator"}`)).join(", ")} ·{" "}
            {state === "disabled"
              ? t("security.people.disabled")
              : demonstration
                ? t("security.people.demonstration")
                : t("security.people.passkeys", { number: passkeys })}
          </li>
        ))}
      </ul>
    </section>
  );
}
