"""Fictional names from many languages and scripts."""
# ruff: noqa: RUF001 - names stand as people write them

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from villagegraph.samples.dice import Dice


@dataclass(frozen=True, slots=True)
class Name:
    """
    A person's name.

    Attributes
    ----------
    given, family
        As the person writes them.
    latin
        The same in plain letters, for addresses and profile links.
    culture
        Key of the pool it comes from.
    """

    given: str
    family: str
    latin: tuple[str, str]
    culture: str

    @property
    def full(self) -> str:
        """The name as it stands in mail and address books."""
        if self.culture in _FAMILY_FIRST:
            return self.family + self.given
        return f"{self.given} {self.family}"

    @property
    def joined(self) -> bool:
        """Whether the name is written without a space between its parts."""
        return self.culture in _FAMILY_FIRST


_FAMILY_FIRST = frozenset({"zh", "ja", "ko"})

# native=latin where plain letters cannot be told from the native form; the number is a weight
_POOLS: dict[str, tuple[int, str, str]] = {
    "de": (
        34,
        (
            "Jörg Käthe Lukas Svenja Björn Ulrike Matthias Gesa Torsten Anneliese Jürgen Frauke"
            " Moritz Lene Henrik Sünje Friederike Caspar Heike Ruth Konrad Elke Philipp"
            " Wiebke Arne Margarete Ole Insa Roland Dörte Till Karl-Heinz Anna-Lena"
        ),
        (
            "Hövelmann Brückner Schäfers Petersen Voß Kröger Lindemann Hagedorn Wiechert"
            " Strauß Böhme Adler-Nowak Osterkamp Fröhlich Tiedemann Sasse Rehbein Güthoff"
            " Harms Jessen Kühlwein Marquardt Nissen Ohlsen Pahl Quast Rademacher"
            " Söhnlein Thomsen Uhlig Wöhler"
        ),
    ),
    "en": (
        16,
        (
            "Alice Oliver Grace Desmond Priscilla Nigel Harriet Tobias Imogen Duncan Rosalind Percy"
            " Beatrix Wendell Marnie Clifton"
        ),
        (
            "Ashcombe Pemberton Whitlock Harrowgate Fairweather Tunstall Longbottom-Hale Ravenhill"
            " Sedgwick Merriweather Blackwood Dunmore Thistlewood Kingsley Oakes Pritchard"
        ),
    ),
    "ga": (
        8,
        "Siobhán Aoife Ciarán Pádraig Niamh Eoghan Róisín Caoimhe",
        "O'Sullivan O'Dálaigh D'Arcy MacGowan O'Rourke Ní-Bhriain Kavanagh McAteer",
    ),
    "fr": (
        10,
        "Éloïse Benoît Maëlle Jérôme Zoé François Agnès Hélène Cédric Noëlle",
        "Lefèvre Gauthier-Roux Bérenger Thévenet Ménard Lacôte Dubreuil Forêt Garçon Hervé-Petit",
    ),
    "es": (
        8,
        "Íñigo Lucía Joaquín Inés Andrés Belén Ramón Sofía",
        "Muñoz Ibáñez Echeverría Peña Zúñiga Galdós Quiñones Ordóñez",
    ),
    "pt": (4, "João Conceição Tomás Beatriz", "Magalhães Simões Gonçalves Falcão"),
    "sv": (
        6,
        "Åsa Björn-Erik Märta Göran Sølvi Frøya",
        "Sjögren Håkansson Ödman Bråten Kjær Lyngbø",
    ),
    "pl": (
        8,
        "Łukasz Małgorzata Grażyna Wojciech Zofia Bożena",
        "Wójcik Błaszczyk Żak Kołodziej Śliwa Dąb",
    ),
    "cs": (5, "Jiří Věra Ondřej Šárka", "Dvořáček Němcová Říha Žižka"),
    "hu": (4, "Ágnes Gergő Zsófia László", "Kőszegi Szűcs Horváth Fekete"),
    "ro": (3, "Ștefan Ioana Mihăiță", "Țurcanu Brâncoveanu Popescu"),
    "tr": (
        10,
        "Işıl Çağla Ömer İpek Gülşah Yiğit Şirin Oğuz",
        "Yıldırım Karakoç Özgül Çelikbaş İnanç Şahinoğlu Aydın Tığlı",
    ),
    "vi": (6, "Thảo Đức Hạnh Tuấn Bích Quỳnh", "Nguyễn Trần Đặng Phạm Võ Đỗ"),
    "el": (
        6,
        "Δημήτρης=Dimitris Ελένη=Eleni Γιώργος=Giorgos Αθηνά=Athina Νίκος=Nikos Μαρίνα=Marina",
        (
            "Παπαδάκης=Papadakis Ξενάκη=Xenaki Θεοδώρου=Theodorou Μανωλάς=Manolas Ψαλίδας=Psalidas"
            " Ζερβός=Zervos"
        ),
    ),
    "ru": (
        8,
        "Анна=Anna Фёдор=Fyodor Людмила=Lyudmila Сергей=Sergey Жанна=Zhanna Юрий=Yuri",
        (
            "Ковальчук=Kovalchuk Соловьёв=Solovyov Шульга=Shulga Цветкова=Tsvetkova Ершов=Yershov"
            " Бондаренко=Bondarenko Журавель=Zhuravel"
        ),
    ),
    "ar": (
        6,
        "ليلى=Layla يوسف=Yousef نور=Nour كريم=Karim سلمى=Salma طارق=Tariq",
        "الحداد=Alhaddad منصور=Mansour الخطيب=Alkhatib درويش=Darwish النجار=Alnajjar عيسى=Issa",
    ),
    "he": (
        4,
        "נועה=Noa איתן=Eitan תמר=Tamar יואב=Yoav",
        "לביא=Lavi ברק=Barak שחר=Shahar גולן=Golan",
    ),
    "hi": (
        5,
        "अनन्या=Ananya राहुल=Rahul मीरा=Meera विक्रम=Vikram काव्या=Kavya",
        "शर्मा=Sharma कुलकर्णी=Kulkarni वर्मा=Verma जोशी=Joshi मिश्रा=Mishra",
    ),
    "zh": (
        6,
        "小明=Xiaoming 丽华=Lihua 建国=Jianguo 雪梅=Xuemei 志强=Zhiqiang 美玲=Meiling",
        "王=Wang 欧阳=Ouyang 陈=Chen 赵=Zhao 刘=Liu 诸葛=Zhuge",
    ),
    "ja": (
        5,
        "さくら=Sakura 健太=Kenta 陽子=Yoko 翔=Sho 美咲=Misaki",
        "佐藤=Sato 高橋=Takahashi 小林=Kobayashi 渡辺=Watanabe 中村=Nakamura",
    ),
    "ko": (
        4,
        "민준=Minjun 서연=Seoyeon 지훈=Jihun 하은=Haeun",
        "김=Kim 박=Park 최=Choi 정=Jung",
    ),
    "xx": (
        8,
        "Chinwe Amara Kwame Fatou Ayodele Nalani Taika Leilani",
        "Okonkwo-Adeyemi Mensah N'Diaye Tauati Kahananui Van_der_Meer De_la_Cruz Ben_Youssef",
    ),
}

_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
        "æ": "ae", "'": "", "’": "",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """
    Return a name in plain lower-case letters.

    Examples
    --------
    >>> plain("Käthe O'Dálaigh")
    'kaethe odalaigh'
    """
    spelled = unicodedata.normalize("NFC", text.replace("İ", "I")).lower().translate(_LETTERS)
    folded = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in folded if letter.isascii())


def _parts(pool: str) -> list[tuple[str, str]]:
    pairs = []
    for word in pool.split():
        native, _, latin = word.replace("_", " ").partition("=")
        pairs.append((unicodedata.normalize("NFC", native), latin or native))
    return pairs


def make_name(given: str, family: str, *, culture: str = "de") -> Name:
    """Return a name that is written in Latin letters."""
    return Name(given, family, (plain(given), plain(family)), culture)


class NameMaker:
    """
    Hand out names, each only once.

    Parameters
    ----------
    dice
        Chance that chooses among the pools.
    taken
        Names that are promised already.
    """

    def __init__(self, dice: Dice, taken: tuple[Name, ...] = ()) -> None:
        self._dice = dice
        self._taken = {_key(name) for name in taken}
        self._cultures = [key for key, (weight, _, _) in _POOLS.items() for _ in range(weight)]

    def new(self, *cultures: str) -> Name:
        """Return a name nobody has, from one of `cultures` if any are given."""
        while True:
            culture = self._dice.pick(cultures or self._cultures)
            _, given_pool, family_pool = _POOLS[culture]
            given, given_latin = self._dice.pick(_parts(given_pool))
            family, family_latin = self._dice.pick(_parts(family_pool))
            name = Name(given, family, (plain(given_latin), plain(family_latin)), culture)
            if _key(name) not in self._taken:
                self._taken.add(_key(name))
                return name


def _key(name: Name) -> str:
    return " ".join(sorted(re.findall(r"[a-z]+", " ".join(name.latin))))


def wide_pool() -> list[str]:
    """Return the cultures whose names are told apart by their letters in any program."""
    return [key for key in _POOLS if key not in _FAMILY_FIRST]
