"""What people in the sample write to one another: short, friendly, and about nothing."""

from __future__ import annotations

SUBJECTS = {
    "blauwal": ("Shade layer, next steps", "Sprint review notes", "Tram stop sensors",
                "Wer macht die Demo?", "Budget Q3", "Bus lane heat data", "Onboarding buddy"),
    "nordlicht": ("Netzplan 2025", "Wind farm figures", "Übergabe Projekt Polarstern",
                  "Lunch on Thursday?", "Grid model review", "Angebot Stadtwerke"),
    "guild": ("Tile server quota", "Re: [maps] contour labels", "Meet-up in Leipzig",
              "Workshop programme", "Release 4.2", "Talk proposal: heat and shade"),
    "choir": ("Notenblätter für Sonntag", "Probenwochenende", "Concert lights", "Alt 2 sucht Hilfe",
              "Mitfahrgelegenheit nach Potsdam"),
    "lindenhof": ("Hoffest", "Kita-Elternabend", "Fahrradkeller", "Spare key", "Babysitter Freitag",
                  "Bäume im Hof"),
    "family": ("Oma's 90th", "Fotos vom See", "Christmas plans", "Rezept", "Summer house",
               "Guess what"),
    "": ("Your question about maps", "Following up", "Invoice 2024-17", "Interview request",
         "Lost scarf", "Nice to meet you"),
}  # fmt: skip
BODIES = (
    "Thanks, that helps a lot!\n\nM.",
    "Can we move this to next week? Anything after Tuesday works for me.",
    "See attached. Tell me what you think, and be honest.",
    "Short answer: yes. Longer answer when I am back from the lake.",
    "Danke dir! Ich melde mich morgen früh.",
    "What was the best question you were asked this month?",
    "I have put the numbers into the table. Row 12 looks odd to me.",
    "Lovely news! Congratulations to all of you.",
    "Which of the two would you pick, and why?",
    "Merci beaucoup, à bientôt !",
    "Sounds good. I will bring the cake.",
    "No hurry at all. How was the holiday?",
    "Would you introduce me to the person who built this?",
    "Kurze Frage: gilt der alte Plan noch?",
    "Let us have a coffee soon, it has been too long.",
)
CHAT_LINES = (
    "Haha, genau 😄", "Bin gleich da", "Who has the key?", "Photos from yesterday are great",
    "👍", "Kann jemand Milch mitbringen?", "Running 5 min late", "Danke euch!", "See you at 7",
    "Morgen Probe, oder?", "Happy birthday!! 🎂", "Ich hab noch zwei Karten übrig",
    "How did it go?", "Next week is fine", "Schaut mal aus dem Fenster: Regenbogen 🌈",
    "List:\n- bread\n- cheese\n- candles", "Wie heißt der Song nochmal?", "12/05/2024 passt mir",
)  # fmt: skip
GROUP_SUBJECTS = {
    "blauwal": ("Team lunch", "Decision log", "Heat map pilot: who joins?", "Retro topics"),
    "nordlicht": ("Kantine oder Döner?", "Polarstern: offene Punkte", "Sommerfest", "Review round"),
    "guild": ("Speakers for the autumn meet-up", "Map week", "Code sprint", "Style guide votes"),
    "choir": ("Konzertkleidung", "Programm Advent", "Who can drive?", "Stimmprobe"),
    "lindenhof": ("Gartentag", "Laternenumzug", "Playground petition", "Hof: Grillen am Samstag"),
    "family": ("Oma wird 90", "New Year at the lake", "Wedding photos", "Who brings what"),
}
MEETING_TITLES = {
    "blauwal": ("Pilot review", "Design critique", "Planning"),
    "nordlicht": ("Grid model", "Vendor talk", "Planning"),
    "guild": ("Guild call", "Release call", "Programme committee"),
    "choir": ("Vorstand", "Stimmprobe Alt", "Konzertplanung"),
    "lindenhof": ("Elternabend", "Hofrunde", "Laternen basteln"),
    "family": ("Brunch", "Lake weekend", "Geburtstagskaffee"),
}
NEWSLETTERS = (
    ("Stadtklima Brief", "brief@stadtklima.example.org", "stadtklima-brief.example.org"),
    ("Map Weekly", "hello@mapweekly.example.net", "weekly.mapweekly.example.net"),
    ("Konzerthaus am Ufer", "news@konzerthaus.example.com", "news.konzerthaus.example.com"),
    ("Radhaus, dein Fahrradladen", "newsletter@radhaus.example.com", "radhaus.example.com"),
)
MACHINES = (
    ("Bahn Tickets", "no-reply@tickets.example.com", "Your booking"),
    ("Calendar", "calendar-notification@calendar.example.com", "Reminder"),
    ("Lindenhof Kita", "noreply@kita.example.org", "Speiseplan"),
    ("Code Forge", "notifications@forge.example.net", "[open-map] build passed"),
)
SPAM = (
    ("Prize Desk", "winner@lucky.example.net", "You have WON"),
    ("Dr. Goodluck", "dr.goodluck@fortune.example.org", "Confidential business"),
    ("Cheap Meds", "sales@pills.example.net", "RE: your order"),
)
