package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * A garbage collection root, where a path may begin.
 *
 * @param kind the kind of the root
 * @param object the id of the object that it holds
 * @param thread the serial number of its thread, if it has one
 * @param frame the frame on the stack of that thread, or -1
 * @param field the static field, if the root is one
 */
record HeapRoot(Kind kind, long object, int thread, int frame, HeapClass.@Nullable DeclaredField field) {

	HeapRoot(Kind kind, long object) {
		this(kind, object, 0, -1, null);
	}

	/**
	 * The kinds of roots, most informative first. A kind has the label and the
	 * description that reports show; {@link RootText} replaces the placeholders in
	 * braces.
	 */
	enum Kind {

		STATIC_FIELD("static", "static field {field}"),

		THREAD("thread", "{thread}"),

		JDK_STATIC_FIELD("static", "static field {field}"),

		JNI_GLOBAL("jni", "global JNI reference"),

		CONSTANT("other", "constants of class {class}"),

		CLASS_LOADER("class-loader", "class loader {object}"),

		UNKNOWN("other", "the JVM itself"),

		/**
		 * This kind and those below are searched only for objects that no other kind
		 * holds.
		 */
		LOCAL("local", "local variable{frame} in {thread}"),

		JNI_LOCAL("jni", "local JNI reference{frame} in {thread}"),

		STACK("thread", "stack of {thread}"),

		MONITOR("other", "monitor in use");

		private final String label;

		private final String description;

		Kind(String label, String description) {
			this.label = label;
			this.description = description;
		}

		String label() {
			return this.label;
		}

		String description() {
			return this.description;
		}

		boolean isStack() {
			return compareTo(LOCAL) >= 0;
		}

	}

}
