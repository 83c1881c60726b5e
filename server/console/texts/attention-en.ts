/** The officer's rooms, what asks for attention, and the tamper inputs of booths. */
export const roomsEn = {
  label: "Rooms",
  overview: "Overview",
  again: "Look again",
  officers: "Two officers",
  policy: "Policy",
};

export const attentionEn = {
  title: "Needs attention",
  none: "Nothing needs attention.",
  show: "Show",
  requests: "Booths waiting to be certified: {{number}}",
  proposals: "Proposals waiting for a second officer: {{number}}",
  looks: "Cases to be looked at again: {{number}}",
  tampered: "{{booth}}: {{what}}",
  silent: "{{booth}}: silent for {{time}}",
  clock: "{{booth}}: clock off by {{time}}",
  devices: "{{booth}}: devices in trouble: {{number}}",
  log: "{{booth}}: evidence against its audit log: {{number}}",
  unlogged: "{{booth}}: packages that its audit log does not name: {{number}}",
  ending: "Certificates that end within {{days}} days: {{number}}",
};

export const tamperEn = {
  title: "Tamper",
  quiet: "quiet",
  unknown: "–",
  open: "cabinet open now",
  silent: "cabinet's switch does not answer",
  kind: {
    "cabinet-opened": "cabinet opened",
    "clock-jumped": "clock jumped",
    "machine-changed": "data moved to another machine",
    "keys-changed": "keys exchanged from outside",
  },
  at: "{{what}} {{time}}",
  seen: "Seen to",
};
