// The scenarios. An actor plays each visibly on the real page.

import { everybody } from "../state.js";

/** Each: a title, what will happen, who takes part, the steps, and what was seen in the end. */
const SCENARIOS = [
  {
    id: "kill",
    title: "Kill the bot in the middle of a song",
    what: "The bot dies while Whisul makes its song; started again, it finishes the song in the same message.",
    people: ["Pat"],
    needsBot: true,
    prompts: ["a ballad about a bot that came back"],
    async play(actor, [prompt]) {
      await actor.become("Pat");
      await actor.choose("songs", "one_minute");
      const asked = await actor.song(prompt);
      await actor.waitFor("Whisul has the prompt", () => asked.shown("▰"));
      await actor.press("kill_bot", "The bot is killed, with no time to save anything.");
      await actor.waitForBot("offline");
      await actor.pause(2);
      await actor.press("start_bot", "It is started again.");
      await actor.waitForBot("online");
      await actor.finish(prompt);
      await actor.waitFor("Whisul is done. The bot finds its song again", () => asked.isDone());
    },
    end: "The song is there, in the message that was there before the bot died. Nothing was asked for or paid twice.",
  },
  {
    id: "pause",
    title: "Be the moderator and pause the server",
    what: "Mo pauses songs in this server and Pat's request is refused; once Mo resumes, Pat's song is made.",
    people: ["Pat", "Mo"],
    prompts: ["a march for a quiet hour"],
    async play(actor, [prompt]) {
      const resume = actor.action("Mo", "admin resume");
      await actor.become("Mo");
      await actor.cleanUp([resume]);
      const paused = await actor.command("admin pause", { reason: "quiet hour" });
      await actor.waitFor("Mo pauses songs here", () => paused.isAnswered());
      await actor.become("Pat");
      const refused = await actor.command("song", { prompt });
      await actor.waitFor("Pat is refused, and only Pat sees it", () => refused.isAnswered());
      await actor.pause(3);
      await actor.become("Mo");
      const resumed = await actor.command("admin resume");
      await actor.waitFor("Mo resumes", () => resumed.isAnswered());
      await actor.cleanUp([]);
      await actor.become("Pat");
      const asked = await actor.song(prompt);
      await actor.waitFor("Pat's song is made", () => asked.isDone());
    },
    end: "Songs are allowed again, and Pat has one. The refusal cost Pat nothing.",
  },
  {
    id: "discord",
    title: "Turn Discord off for ten seconds",
    what: "The bot loses Discord in the middle of a song, connects again by itself, and shows the song in its message.",
    people: ["Pat"],
    prompts: ["an anthem for a lost connection"],
    async play(actor, [prompt]) {
      await actor.become("Pat");
      await actor.choose("songs", "one_minute");
      const asked = await actor.song(prompt);
      await actor.waitFor("Whisul has the prompt", () => asked.shown("▰"));
      await actor.choose("discord", "off", "Discord is off. The bot can't be reached, and can't edit its message.");
      await actor.finish(prompt);
      await actor.countDown(10, "Whisul is done, but nobody can be told");
      await actor.choose("discord", "fine", "Discord is back.");
      await actor.waitForBot("online");
      await actor.waitFor("The bot is connected again. Its message follows", () => asked.isDone());
    },
    end: "The song has reached its message, late but once.",
  },
  {
    id: "proxy",
    title: "Let a proxy answer in Whisul's place",
    what: "Whisul makes a song, but web pages come instead of its answers; once it answers again, the song is shown.",
    people: ["Pat"],
    prompts: ["a tango with a gatekeeper"],
    async play(actor, [prompt]) {
      await actor.become("Pat");
      await actor.choose("songs", "one_minute");
      const asked = await actor.song(prompt);
      await actor.waitFor("Whisul has the prompt", () => asked.shown("▰"));
      await actor.choose("whisul", "foreign", "A proxy answers now, with \"403 Request blocked\" as a web page.");
      await actor.finish(prompt);
      await actor.countDown(6, "Whisul is done, but the bot hears only the proxy. It asks again");
      await actor.choose("whisul", "fine", "The proxy lets it through.");
      await actor.waitFor("The bot hears that the song is done", () => asked.isDone());
    },
    end: "The song is there. A stranger's 403 ended nothing.",
  },
  {
    id: "two",
    title: "Let two people ask at once",
    what: "Pat and Mo ask at the same moment; Whisul makes one song at a time here, so Mo's waits in line for its turn.",
    people: ["Pat", "Mo"],
    prompts: ["a duet, the first voice", "a duet, the second voice"],
    async play(actor, [first, second]) {
      await actor.become("Pat");
      const pats = await actor.song(first);
      await actor.become("Mo");
      const mos = await actor.song(second);
      await actor.waitFor("Pat's song is made first", () => pats.isDone());
      await actor.waitFor("Now it is Mo's turn", () => mos.isDone());
    },
    end: "Both songs are there, in the order in which they were asked for.",
  },
  {
    id: "quota",
    title: "Use up a quota",
    what: "Ann asks for songs until her quota is used up; then Olga, the owner, resets it, and Ann can ask again.",
    people: ["Ann", "Olga"],
    prompts: ["one more song for Ann"],
    async play(actor, [prompt]) {
      await actor.cleanUp([actor.action("Olga", "admin quota reset", { person: actor.id("Ann") })]);
      await actor.become("Ann");
      for (let refused = false; !refused;) {
        const asked = await actor.command("song", { prompt });
        await actor.waitFor("Ann asks for a song", () => asked.isDone() || asked.isPrivate());
        refused = asked.isPrivate();
      }
      await actor.tell("Ann's songs are used up. Only she sees it, with the time of her next song.");
      await actor.pause(3);
      await actor.become("Olga");
      const reset = await actor.command("admin quota reset", { person: "@Ann" });
      await actor.waitFor("Olga resets Ann's quota", () => reset.isAnswered());
      await actor.cleanUp([]);
      await actor.become("Ann");
      const asked = await actor.song(prompt);
      await actor.waitFor("Ann can ask again", () => asked.isDone());
      // This song is given back to her quota as well.
      await actor.cleanUp([actor.action("Olga", "admin quota reset", { person: actor.id("Ann") })]);
    },
    end: "Ann has a new song, and her full quota again.",
  },
];

/** Those whose people are here. */
export function playable() {
  const here = everybody().map(({ name }) => name);
  return SCENARIOS.filter(({ people }) => people.every((name) => here.includes(name)));
}
