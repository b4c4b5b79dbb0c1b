package io.weakref.retention;

import org.jspecify.annotations.Nullable;

/**
 * Where a path may begin.
 *
 * @param kind what it is
 * @param object the id of the object that it holds
 * @param thread the serial number of its thread, if it has one
 * @param frame the frame on the stack of that thread, or -1
 * @param field the static field, if it is one
 */
record HeapRoot(Kind kind, long object, int thread, int frame, HeapClass.@Nullable DeclaredField field) {

	HeapRoot(Kind kind, long object) {
		this(kind, object, 0, -1, null);
	}

	/**
	 * The kinds, those that tell most first.
	 */
	enum Kind {

		STATIC_FIELD, THREAD, JDK_STATIC_FIELD, JNI_GLOBAL, CONSTANT, CLASS_LOADER, UNKNOWN,

		/** From here on only what nothing else holds. */
		LOCAL, JNI_LOCAL, STACK, MONITOR;

		boolean isStack() {
			return compareTo(LOCAL) >= 0;
		}

	}

}
