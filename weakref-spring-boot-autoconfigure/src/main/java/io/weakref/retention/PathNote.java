package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * What there is to know about a path, those first that say most. Whatever this library
 * holds strongly itself, in a table or beside one, has a note here: it is found by a
 * field on the path, see {@link PathShape}.
 */
enum PathNote {

	/** Weak key, strong value. */
	VALUE_REACHES_KEY("the value reaches its key",
			"A collection with weak keys holds its values, so an entry whose value refers to its key is never removed "
					+ "(promise 46)."),

	/** Weak value, strong key. */
	KEY_REACHES_VALUE("the key reaches its value",
			"A collection with weak values holds its keys, so an entry whose key refers to its value is never removed."),

	HELD_LOCK("a thread holds the lock",
			"A lock that a thread holds stays until the thread has released it, for ever if it never does."),

	HELD_VALUE("held until it is used no more for a while",
			"The cache itself holds it since its last use, as hold-for and hold-max say, and gives it up before memory "
					+ "runs out."),

	NEAR_CACHE_LOAD("a load of the near cache holds it",
			"It is let go when the load ends. Whatever else a near cache knows, its first level and its table of shared "
					+ "instances, it holds weakly."),

	OTHER_VALUE_REACHES_IT("the value of another entry reaches it",
			"A collection with weak keys holds its values, and what they refer to."),

	OTHER_KEY_REACHES_IT("the key of another entry reaches it",
			"A collection with weak values holds its keys, and what they refer to."),

	OTHER_COLLECTION("an entry of another weak collection reaches it",
			"The strong side of an entry is held as long as its weak side lives."),

	SOFT("a soft reference holds it", "It is let go before memory runs out."),

	FINALIZER("its finalizer has not run", "It is let go at the collection after that."),

	UNKNOWN("no strong path in the heap dump",
			"The JVM itself holds it, or a reference that a heap dump does not have, such as a ClassValue.");

	private final String text;

	private final String explanation;

	PathNote(String text, String explanation) {
		this.text = text;
		this.explanation = explanation;
	}

	/** What a report says. */
	String text() {
		return this.text;
	}

	/**
	 * Return why that is so.
	 * @param text the text of a note
	 * @return a sentence, or {@code null} if there is no such note
	 */
	static @Nullable String explain(String text) {
		for (PathNote note : values()) {
			if (note.text.equals(text)) {
				return note.explanation;
			}
		}
		return null;
	}

}
