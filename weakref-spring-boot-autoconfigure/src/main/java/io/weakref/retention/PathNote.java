package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * Notes that explain a path, most informative first. Everything that this library itself
 * holds strongly, in a table or elsewhere, has a note. {@link PathShape} recognizes it by
 * a field on the path.
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
			"A lock that a thread holds stays until the thread releases it, forever if the thread never does."),

	HELD_VALUE("the cache holds it after its last use",
			"The cache itself holds a value after its last use, as hold-for and hold-max say, and releases it before "
					+ "memory runs out."),

	NEAR_CACHE_LOAD("a load of the near cache holds it",
			"It is released when the load ends. A near cache holds everything else, in its first level and its table of "
					+ "shared instances, weakly."),

	OTHER_VALUE_REACHES_IT("the value of another entry reaches it",
			"A collection with weak keys holds its values, and what they refer to."),

	OTHER_KEY_REACHES_IT("the key of another entry reaches it",
			"A collection with weak values holds its keys, and what they refer to."),

	OTHER_COLLECTION("an entry of another weak collection reaches it",
			"A collection holds the strong side of an entry as long as the weak side is alive."),

	SOFT("a soft reference holds it", "It is released before memory runs out."),

	FINALIZER("its finalizer has not run", "It is released at a garbage collection after the finalizer has run."),

	UNKNOWN("no strong path in the heap dump",
			"The JVM itself holds it, or a reference that is missing from heap dumps, such as that of a ClassValue.");

	private final String text;

	private final String explanation;

	PathNote(String text, String explanation) {
		this.text = text;
		this.explanation = explanation;
	}

	/** Return the text in a report. */
	String text() {
		return this.text;
	}

	/**
	 * Return the explanation of a note.
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
