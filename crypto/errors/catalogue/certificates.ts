import { errorTexts } from "./entry.ts";

export const certificatesErrors = errorTexts({
  "certificate/malformed": {
    cause: { en: "A certificate cannot be read: {reason}.", ru: "Сертификат не читается: {reason}." },
    next: { en: "Ask whoever issued it for a new one.", ru: "Запросите новый у того, кто его выдал." },
  },
  "certificate/key-unreadable": {
    cause: { en: "The key in a certificate cannot be read.", ru: "Ключ в сертификате не читается." },
    next: { en: "Ask whoever issued it for a new one.", ru: "Запросите новый у того, кто его выдал." },
  },
  "certificate/issuer-unknown": {
    cause: {
      en: "The certificate of {subject} was not issued by an authority that is trusted here.",
      ru: "Сертификат «{subject}» выдан центром, которому здесь не доверяют.",
    },
    next: {
      en: "Check that both sides belong to one installation, and look at the trust folder.",
      ru: "Проверьте, что обе стороны принадлежат одной установке, и папку доверия.",
    },
  },
  "certificate/signature-wrong": {
    cause: {
      en: "The signature on the certificate of {subject} is not its issuer's.",
      ru: "Подпись на сертификате «{subject}» не принадлежит его издателю.",
    },
    next: {
      en: "Do not trust it; tell the security officer.",
      ru: "Не доверяйте ему; сообщите офицеру безопасности.",
    },
  },
  "certificate/not-authority": {
    cause: {
      en: "{subject} issued a certificate and is no authority.",
      ru: "«{subject}» выдал сертификат, не будучи центром сертификации.",
    },
    next: {
      en: "Do not trust what it issued; tell the security officer.",
      ru: "Не доверяйте выданному им; сообщите офицеру безопасности.",
    },
  },
  "certificate/path-length": {
    cause: {
      en: "There are more authorities below one another than allowed, at {subject}.",
      ru: "Подчинённых центров больше, чем разрешено: «{subject}».",
    },
    next: {
      en: "Ask whoever runs the authority above it.",
      ru: "Обратитесь к владельцу вышестоящего центра.",
    },
  },
  "certificate/name-constrained": {
    cause: {
      en: "The authority above {subject} may not issue for this name: {name}.",
      ru: "Центр над «{subject}» не имеет права выдавать сертификаты на это имя: {name}.",
    },
    next: {
      en: "Do not trust it; tell the security officer.",
      ru: "Не доверяйте ему; сообщите офицеру безопасности.",
    },
  },
  "certificate/policy": {
    cause: {
      en: "No certificate policy that is accepted here holds for the whole chain up from {subject}.",
      ru: "Ни одна принятая здесь политика не действует для всей цепочки от «{subject}».",
    },
    next: { en: "Ask whoever issued it.", ru: "Обратитесь к тому, кто его выдал." },
  },
  "certificate/nonconforming": {
    cause: {
      en: "The certificate of {subject} breaks a rule of RFC 5280: {rule}.",
      ru: "Сертификат «{subject}» нарушает правило RFC 5280: {rule}.",
    },
    next: { en: "Ask whoever issued it for a new one.", ru: "Запросите новый у того, кто его выдал." },
  },
  "certificate/weak": {
    cause: {
      en: "The certificate of {subject} is too weak: {weakness}.",
      ru: "Сертификат «{subject}» слишком слаб: {weakness}.",
    },
    next: { en: "Ask whoever issued it for a stronger one.", ru: "Запросите более стойкий у того, кто его выдал." },
  },
  "certificate/revocation-unknown": {
    cause: {
      en: "No revocation list of this moment speaks for the certificate of {subject}.",
      ru: "Нет действующего списка отзыва, который охватывает сертификат «{subject}».",
    },
    next: { en: "Fetch the lists of its issuer again.", ru: "Получите списки его издателя заново." },
  },
  "certificate/expired": {
    cause: {
      en: "The certificate of {subject} was valid until {until} only.",
      ru: "Сертификат «{subject}» действовал только до {until}.",
    },
    next: {
      en: "Renew the certificate; if the clock is wrong, set it.",
      ru: "Обновите сертификат; если часы идут неверно, исправьте их.",
    },
  },
  "certificate/not-yet-valid": {
    cause: {
      en: "The certificate of {subject} is valid from {from} only.",
      ru: "Сертификат «{subject}» действует только с {from}.",
    },
    next: {
      en: "Check the clock of the machine that made the signature.",
      ru: "Проверьте часы машины, на которой сделана подпись.",
    },
  },
  "certificate/purpose": {
    cause: { en: "The key of {subject} may not be used for this.", ru: "Ключ «{subject}» для этого не предназначен." },
    next: {
      en: "Tell the security officer: a key was used for what it is not for.",
      ru: "Сообщите офицеру безопасности: ключ использован не по назначению.",
    },
  },
  "certificate/revoked": {
    cause: { en: "The certificate of {subject} was revoked.", ru: "Сертификат «{subject}» отозван." },
    next: {
      en: "Do not trust what it signed; tell the security officer.",
      ru: "Не доверяйте тому, что им подписано; сообщите офицеру безопасности.",
    },
  },
  "certificate/extension-unknown": {
    cause: {
      en: "The certificate of {subject} demands what Kabina does not know ({oid}).",
      ru: "Сертификат «{subject}» требует неизвестного Kabina расширения ({oid}).",
    },
    next: { en: "Ask whoever issued it for one without it.", ru: "Запросите у выдавшего сертификат без него." },
  },
  "signature/algorithm-unknown": {
    cause: {
      en: "A signature uses an algorithm that Kabina does not know ({oid}).",
      ru: "Подпись сделана неизвестным Kabina алгоритмом ({oid}).",
    },
    next: { en: "Sign with ECDSA or RSA and SHA-2.", ru: "Подпишите с ECDSA или RSA и SHA-2." },
  },
  "der/malformed": {
    cause: { en: "Data is damaged: {reason} at byte {at}.", ru: "Данные повреждены: {reason}, байт {at}." },
    next: { en: "Fetch or make the data again.", ru: "Получите или создайте данные заново." },
  },
  "der/too-deep": {
    cause: { en: "Data is nested more than {limit} levels deep.", ru: "Вложенность данных больше {limit} уровней." },
    next: {
      en: "The data was made to do harm or is damaged: do not use it.",
      ru: "Данные повреждены или созданы во вред: не используйте их.",
    },
  },
  "der/too-large": {
    cause: {
      en: "Data is larger than allowed ({size}, limit {limit}).",
      ru: "Данные больше допустимого ({size} при пределе {limit}).",
    },
    next: {
      en: "The data was made to do harm or is damaged: do not use it.",
      ru: "Данные повреждены или созданы во вред: не используйте их.",
    },
  },
  "cms/malformed": {
    cause: {
      en: "A signed or encrypted message is damaged: {reason}.",
      ru: "Подписанное или зашифрованное сообщение повреждено: {reason}.",
    },
    next: { en: "Fetch the message again.", ru: "Получите сообщение заново." },
  },
  "cms/type": {
    cause: {
      en: "A message is of type {found} where {expected} was expected.",
      ru: "Сообщение типа {found} вместо {expected}.",
    },
    next: { en: "Give the right file.", ru: "Передайте нужный файл." },
  },
  "cms/algorithm-unknown": {
    cause: {
      en: "A message uses algorithm {found}; only {expected} is taken.",
      ru: "Сообщение использует алгоритм {found}; принимается только {expected}.",
    },
    next: {
      en: "Make the message with the algorithms that the format names.",
      ru: "Создайте сообщение с алгоритмами, названными в описании формата.",
    },
  },
  "cms/signature-invalid": {
    cause: { en: "The signature does not fit: {reason}.", ru: "Подпись не сходится: {reason}." },
    next: { en: "Do not trust the content; fetch it again.", ru: "Не доверяйте содержимому; получите его заново." },
  },
  "cms/recipient-unknown": {
    cause: {
      en: "The message is not encrypted for the key {keyId}.",
      ru: "Сообщение зашифровано не для ключа {keyId}.",
    },
    next: { en: "Open it with the key that it is meant for.", ru: "Откройте его ключом, которому оно предназначено." },
  },
  "cms/decrypt": {
    cause: {
      en: "The message does not decrypt: it was changed, or the key is wrong.",
      ru: "Сообщение не расшифровывается: оно изменено или ключ не тот.",
    },
    next: { en: "Fetch the message again.", ru: "Получите сообщение заново." },
  },
});
