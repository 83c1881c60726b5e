import { errorTexts } from "./entry.ts";

export const biometricsErrors = errorTexts({
  "wsq/not-wsq": {
    cause: { en: "The file is not a WSQ picture.", ru: "Файл не является изображением WSQ." },
    next: {
      en: "Give a WSQ file; pictures of other kinds need no decoding.",
      ru: "Передайте файл WSQ; снимки других видов раскодировать не нужно.",
    },
  },
  "wsq/truncated": {
    cause: {
      en: "The WSQ file ends before its picture does.",
      ru: "Файл WSQ обрывается раньше, чем кончается изображение.",
    },
    next: {
      en: "Export the picture again from where it came, or capture the finger again.",
      ru: "Выгрузите снимок из исходной системы ещё раз или снимите палец заново.",
    },
  },
  "wsq/marker": {
    cause: {
      en: "The WSQ file has something unexpected at byte {at}.",
      ru: "В файле WSQ неожиданные данные в байте {at}.",
    },
    next: {
      en: "Export the picture again from where it came, or capture the finger again.",
      ru: "Выгрузите снимок из исходной системы ещё раз или снимите палец заново.",
    },
  },
  "wsq/table": {
    cause: {
      en: "A table of the WSQ file ({table}) is missing or wrong.",
      ru: "Таблица файла WSQ ({table}) отсутствует или неверна.",
    },
    next: {
      en: "Export the picture again from where it came, or capture the finger again.",
      ru: "Выгрузите снимок из исходной системы ещё раз или снимите палец заново.",
    },
  },
  "wsq/picture-size": {
    cause: {
      en: "The WSQ picture's size ({pixels} pixels) is outside what Kabina decodes.",
      ru: "Размер изображения WSQ ({pixels} пикселей) вне допустимых пределов.",
    },
    next: {
      en: "Give a picture of a finger or of a slap, at least 64 pixels a side.",
      ru: "Передайте снимок пальца или ладони со стороной не менее 64 пикселей.",
    },
  },
  "wsq/coefficients": {
    cause: {
      en: "The WSQ file's picture data is damaged ({reason}).",
      ru: "Данные изображения в файле WSQ повреждены ({reason}).",
    },
    next: {
      en: "Export the picture again from where it came, or capture the finger again.",
      ru: "Выгрузите снимок из исходной системы ещё раз или снимите палец заново.",
    },
  },
  "wsq/encode": {
    cause: {
      en: "The picture cannot be encoded as WSQ: {reason}.",
      ru: "Изображение нельзя записать в WSQ: {reason}.",
    },
    next: {
      en: "Give an 8-bit grey picture and a rate between 0.2 and 8 bits per pixel.",
      ru: "Передайте 8-битный серый снимок и скорость от 0,2 до 8 бит на пиксель.",
    },
  },
  "record/format-unknown": {
    cause: {
      en: "The bytes are no finger or face record that Kabina reads.",
      ru: "Данные не являются известной записью отпечатка или лица.",
    },
    next: {
      en: "Give an ISO/IEC 19794-2, 19794-4, 39794-2, 39794-4, ANSI 378 or ANSI/NIST-ITL record.",
      ru: "Передайте запись ISO/IEC 19794-2, 19794-4, 39794-2, 39794-4, ANSI 378 или ANSI/NIST-ITL.",
    },
  },
  "record/truncated": {
    cause: { en: "The record ends too early, at byte {at}.", ru: "Запись обрывается в байте {at}." },
    next: { en: "Export the record again from where it came.", ru: "Выгрузите запись из исходной системы ещё раз." },
  },
  "record/field": {
    cause: {
      en: "A value of the record ({field}: {value}) is not allowed.",
      ru: "Значение в записи ({field}: {value}) недопустимо.",
    },
    next: {
      en: "Check the program that made the record, or choose another format.",
      ru: "Проверьте программу, создавшую запись, или выберите другой формат.",
    },
  },
  "record/no-minutiae": {
    cause: { en: "The record holds no minutiae.", ru: "В записи нет минуций." },
    next: {
      en: "Give a record with minutiae, or extract them from a picture: kabina finger template.",
      ru: "Передайте запись с минуциями или извлеките их из снимка: kabina finger template.",
    },
  },
  "record/no-picture": {
    cause: { en: "The record holds no such picture.", ru: "В записи нет такого снимка." },
    next: {
      en: "Give a record with a picture (ISO/IEC 19794-4, 39794-4, ANSI/NIST-ITL type 4 or 14).",
      ru: "Передайте запись со снимком (ISO/IEC 19794-4, 39794-4, ANSI/NIST-ITL типа 4 или 14).",
    },
  },
  "finger/odd-pairs": {
    cause: {
      en: "{files} files were given; fingers are compared in pairs.",
      ru: "Передано файлов: {files}; пальцы сравниваются парами.",
    },
    next: {
      en: "Give two files for each finger: the first person's and the second person's.",
      ru: "Передайте по два файла на каждый палец: первого и второго человека.",
    },
  },
  "finger/no-samples": {
    cause: {
      en: "The folder {folder} holds no print named <finger>_<impression>.",
      ru: "В папке {folder} нет отпечатков с именем <палец>_<номер снимка>.",
    },
    next: {
      en: "Name a folder with one sub-folder per database, as docs/fingers.md shows.",
      ru: "Укажите папку с вложенной папкой для каждой базы, как показано в docs/fingers.md.",
    },
  },
  "finger/image-size": {
    cause: {
      en: "A finger picture of {width}×{height} pixels is outside what the engine accepts ({least} to {most} a side).",
      ru: "Снимок пальца {width}×{height} пикселей вне допустимых пределов (сторона от {least} до {most}).",
    },
    next: {
      en: "Capture the finger again, or check what the scanner delivers.",
      ru: "Снимите палец ещё раз или проверьте, что выдаёт сканер.",
    },
  },
  "finger/image-resolution": {
    cause: {
      en: "A finger picture says {ppi} pixels per inch; {least} to {most} are accepted.",
      ru: "У снимка пальца указано {ppi} точек на дюйм; допустимо от {least} до {most}.",
    },
    next: {
      en: "State the scanner's true resolution; 500 is usual.",
      ru: "Укажите настоящее разрешение сканера; обычно это 500.",
    },
  },
  "finger/image-extent": {
    cause: {
      en: "A finger picture of {width} × {height} pixels would be {acrossMm} × {downMm} mm large at {ppi} pixels per inch; at most {mostMm} mm a side are accepted.",
      ru: "Снимок пальца {width} × {height} точек при {ppi} точках на дюйм имел бы размер {acrossMm} × {downMm} мм; допустимо не более {mostMm} мм по стороне.",
    },
    next: {
      en: "State the scanner's true resolution, or cut the finger out first (kabina finger segment).",
      ru: "Укажите настоящее разрешение сканера или сначала вырежьте палец (kabina finger segment).",
    },
  },
  "finger/image-data": {
    cause: {
      en: "A finger picture holds {bytes} bytes where its size asks for {expected}.",
      ru: "В снимке пальца {bytes} байт вместо {expected}, которых требует его размер.",
    },
    next: {
      en: "The capture was cut short: capture the finger again.",
      ru: "Снимок передан не полностью: снимите палец ещё раз.",
    },
  },
  "image/empty": {
    cause: { en: "The picture file is empty.", ru: "Файл изображения пуст." },
    next: { en: "Take or choose the picture again.", ru: "Сделайте или выберите снимок ещё раз." },
  },
  "image/format-unknown": {
    cause: {
      en: "The file is not a picture of a kind that Kabina reads (JPEG, PNG, WebP).",
      ru: "Файл не является изображением известного вида (JPEG, PNG, WebP).",
    },
    next: {
      en: "Save the picture as JPEG or PNG and give it again.",
      ru: "Сохраните снимок как JPEG или PNG и передайте его снова.",
    },
  },
  "image/too-many-bytes": {
    cause: {
      en: "The picture file has {bytes} bytes; {limit} are allowed.",
      ru: "Файл изображения занимает {bytes} байт; допустимо {limit}.",
    },
    next: { en: "Give a smaller file.", ru: "Передайте файл меньшего размера." },
  },
  "image/too-large": {
    cause: {
      en: "The picture has {width} × {height} pixels; {limit} pixels are allowed. It was not decoded.",
      ru: "В изображении {width} × {height} точек; допустимо {limit}. Оно не было раскодировано.",
    },
    next: { en: "Give a picture of a usual size.", ru: "Передайте изображение обычного размера." },
  },
  "image/too-small": {
    cause: {
      en: "The picture has only {width} × {height} pixels.",
      ru: "В изображении всего {width} × {height} точек.",
    },
    next: {
      en: "Give the original picture, not a thumbnail.",
      ru: "Передайте исходный снимок, а не его уменьшенную копию.",
    },
  },
  "image/animated": {
    cause: { en: "The file holds {pages} pictures, not one.", ru: "В файле {pages} изображений, а не одно." },
    next: { en: "Give a still picture.", ru: "Передайте неподвижное изображение." },
  },
  "image/damaged": {
    cause: { en: "The picture file is damaged or cut off.", ru: "Файл изображения повреждён или обрезан." },
    next: {
      en: "Take the picture again, or copy the file again.",
      ru: "Сделайте снимок заново или скопируйте файл ещё раз.",
    },
  },
  "image/resolution-unknown": {
    cause: {
      en: "The picture does not state its scale (pixels per inch).",
      ru: "В изображении не указан масштаб (точек на дюйм).",
    },
    next: {
      en: "State the scale, or give a file that holds it.",
      ru: "Укажите масштаб или передайте файл, в котором он записан.",
    },
  },
  "face/engine-failed": {
    cause: { en: "The face engine stopped: {reason}.", ru: "Модуль поиска лица остановился: {reason}." },
    next: {
      en: "It is started again by itself; if this repeats, call the site engineer.",
      ru: "Он запускается снова сам; если это повторяется, вызовите инженера.",
    },
  },
  "image/unreadable": {
    cause: { en: "The file {file} cannot be read.", ru: "Файл {file} не читается." },
    next: { en: "Check its name and its permissions.", ru: "Проверьте имя файла и права доступа." },
  },
  "image/does-not-fit": {
    cause: {
      en: "The picture cannot be compressed into {limit} bytes.",
      ru: "Изображение не сжимается до {limit} байт.",
    },
    next: {
      en: "Take a simpler background or a smaller picture.",
      ru: "Выберите более простой фон или меньшее изображение.",
    },
  },
  "face/none": {
    cause: { en: "There is no face in {file}.", ru: "В {file} нет лица." },
    next: { en: "Give a picture that shows one person from the front.", ru: "Передайте снимок одного человека анфас." },
  },
  "face/several": {
    cause: { en: "There are {faces} faces in {file}.", ru: "В {file} лиц: {faces}." },
    next: { en: "Give a picture that shows one person only.", ru: "Передайте снимок только одного человека." },
  },
  "face/portrait-format": {
    cause: {
      en: "{file} ends neither in .jpg nor .jp2 nor .png.",
      ru: "{file} не оканчивается на .jpg, .jp2 или .png.",
    },
    next: { en: "Name the output so.", ru: "Назовите файл так." },
  },
  "face/policy-wrong": {
    cause: {
      en: "The policy file is no JSON of known limits: see {place}.",
      ru: "Файл политики не является JSON с известными порогами: см. {place}.",
    },
    next: { en: "Correct the name or give a number.", ru: "Исправьте имя или укажите число." },
  },
  "face/engine-closed": {
    cause: { en: "The face engine was already closed.", ru: "Модуль поиска лица уже закрыт." },
    next: { en: "Start the step again.", ru: "Начните этот шаг заново." },
  },
});
