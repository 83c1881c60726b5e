import { errorTexts } from "./entry.ts";

export const successionErrors = errorTexts({
  "succession/malformed": {
    cause: {
      en: "The file is not a request for, or an answer about, authorities that follow.",
      ru: "Этот файл — не запрос и не ответ о сменяющих центрах сертификации.",
    },
    next: {
      en: "Make it anew: kabina pki succession request, or certify.",
      ru: "Создайте его заново: kabina pki succession request или certify.",
    },
  },
  "succession/fingerprint-differs": {
    cause: {
      en: "The digits are not the file's own, or fewer than {digits}: it is not the file that was shown on the other machine.",
      ru: "Цифры не от этого файла, или их меньше {digits}: это не тот файл, что показан на другой машине.",
    },
    next: {
      en: "Read the fingerprint on the other machine's screen again; if it differs, carry the file anew.",
      ru: "Сверьте отпечаток с экраном другой машины; если он отличается, перенесите файл заново.",
    },
  },
  "succession/other-root": {
    cause: {
      en: "The root here ({here}) is not the one that the server's authorities stand under ({asked}).",
      ru: "Корень здесь ({here}) не тот, под которым работают центры сервера ({asked}).",
    },
    next: { en: "Bring the root of this installation.", ru: "Принесите корень этой установки." },
  },
  "succession/root-foreign": {
    cause: {
      en: "The answer names a root ({root}) that nothing here vouches for, or leaves out one that stands.",
      ru: "В ответе назван корень ({root}), за который здесь никто не ручается, или пропущен действующий.",
    },
    next: {
      en: "Do not use this file. Hold the ceremony again from a new request.",
      ru: "Не используйте этот файл. Проведите церемонию снова по новому запросу.",
    },
  },
  "succession/all-issuers": {
    cause: {
      en: "A new root takes all issuing authorities with it, and the request is for some of them only.",
      ru: "Новый корень переводит под себя все центры сертификации, а запрос — лишь о некоторых.",
    },
    next: {
      en: "Ask for all of them: kabina pki succession request --all.",
      ru: "Запросите все: kabina pki succession request --all.",
    },
  },
  "succession/openssl-differs": {
    cause: {
      en: "OpenSSL refuses a certificate for {kind} that was made for the rehearsal.",
      ru: "OpenSSL отвергает сертификат для «{kind}», выпущенный для репетиции.",
    },
    next: {
      en: "Nothing was switched. Compare clocks and files, and rehearse again.",
      ru: "Ничего не переключено. Сверьте часы и файлы и повторите репетицию.",
    },
  },
  "rotation/schedule-malformed": {
    cause: { en: "{path} is not a schedule of keys.", ru: "{path} — не расписание смены ключей." },
    next: {
      en: "Correct it by docs/operations.md, or remove it: then keys are replaced at two thirds of their life.",
      ru: "Исправьте его по docs/operations.md или удалите: тогда ключи меняются по прошествии двух третей срока.",
    },
  },
  "rotation/suite-unfit": {
    cause: {
      en: "The key for {kind} has no suite of its own: only a recipient's and a booth's move to another.",
      ru: "У ключа «{kind}» нет своего набора алгоритмов: на другой переходят только ключи получателя и кабин.",
    },
    next: {
      en: "kabina pki rotate recipient --suite ID, then kabina pki rekey --all --suite ID.",
      ru: "kabina pki rotate recipient --suite ID, затем kabina pki rekey --all --suite ID.",
    },
  },
  "person/signs-policy": {
    cause: {
      en: "A former key of {person} still signs policy: taken back now, it could not vouch for its successor.",
      ru: "Прежний ключ {person} ещё подписывает политику: отозванный сейчас, он не поручится за новый.",
    },
    next: {
      en: "First kabina policy rekey with the new key among --officer, then this again.",
      ru: "Сначала kabina policy rekey с новым ключом среди --officer, затем повторите.",
    },
  },
  "audit/server-forked": {
    cause: {
      en: "The server's audit log at {size} entries does not continue the one that this booth has seen: history was rewritten.",
      ru: "Журнал аудита сервера на {size} записях не продолжает тот, что видела кабина: история переписана.",
    },
    next: {
      en: "Secure the booth's server-log.evidence: both heads signed by the server. Tell the auditor.",
      ru: "Сохраните файл кабины server-log.evidence: в нём обе подписанные сервером вершины. Сообщите аудитору.",
    },
  },
  "audit/server-cut-back": {
    cause: {
      en: "The server shows {size} entries of its audit log, fewer than this booth has seen.",
      ru: "Сервер показывает {size} записей журнала аудита — меньше, чем кабина уже видела.",
    },
    next: {
      en: "If the server was restored from a backup, entries are lost. Secure server-log.evidence and tell the auditor.",
      ru: "Если сервер восстановлен из копии, записи утрачены. Сохраните server-log.evidence и сообщите аудитору.",
    },
  },
  "updates/draft-waits": {
    cause: {
      en: "A policy waits for signatures; signed under the keys of today it would not stand tomorrow.",
      ru: "Политика ждёт подписей; подписанная нынешними ключами, завтра она не будет действовать.",
    },
    next: {
      en: "Publish or withdraw it first: kabina policy show.",
      ru: "Сначала опубликуйте или отзовите её: kabina policy show.",
    },
  },
  "officers/two-needed": {
    cause: {
      en: "This needs two different security officers; {given} signed.",
      ru: "Для этого нужны два разных офицера безопасности; подписали: {given}.",
    },
    next: {
      en: "Give --officer twice: each with their own key folder or card.",
      ru: "Укажите --officer дважды: у каждого своя папка ключа или карта.",
    },
  },
  "officers/not-an-officer": {
    cause: {
      en: "“{person}” is not an active security officer of this installation.",
      ru: "«{person}» — не действующий офицер безопасности этой установки.",
    },
    next: {
      en: "Have an officer sign whose key is certified here: kabina people list, kabina people key.",
      ru: "Подписать должен офицер с сертификатом этой установки: kabina people list, kabina people key.",
    },
  },
});
