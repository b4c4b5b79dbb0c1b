package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Counts the collections of the old generation, which the JVM does not tell of with every
 * collector: the beans of G1 count no concurrent cycle before JDK 20.
 * <p>
 * An object that was held until it is in the old generation, and is held no more, is
 * cleared by the next collection of that generation and by no other. So {@value #HELD}
 * objects are held, each with the weak reference to it (a young reference to an old
 * object would be followed by the collections of generational ZGC). Once they have lived
 * through {@value #HELD} collections, one is let go; when its end has arrived on the
 * queue, that was a collection of the old generation, a new object is held in its place,
 * and the next one is let go. As it takes as many such collections until the new one's
 * turn comes, the one whose turn it is is always old: none is missed meanwhile.
 * <p>
 * No collector leaves an object young for more than 15 collections. Collectors without
 * generations look at everything each time, so each of their collections counts.
 */
final class OldCollections {

	static final int HELD = 20;

	/**
	 * What the JVM counts for {@value #HELD} young collections at most: ZGC has a cycle
	 * and three pauses each time.
	 */
	private static final int JVM_COUNTS = 4 * HELD;

	private final ReferenceQueue<Object> queue;

	private final Queue<Canary> held = new ArrayDeque<>();

	/** On its own it would not arrive on the queue. */
	private @Nullable Canary letGo;

	private int lived;

	private long jvmCountWhenMade;

	private int count;

	OldCollections(ReferenceQueue<Object> queue) {
		this.queue = queue;
	}

	/** How many there have been. */
	int count() {
		return this.count;
	}

	/** There was a collection which young objects do not live through. */
	void youngCollected() {
		this.lived++;
	}

	/**
	 * Let an old object go if none is.
	 * @param jvmCount the number of collections as far as the JVM tells
	 */
	void watch(long jvmCount) {
		if (this.letGo != null) {
			return;
		}
		if (this.held.isEmpty()) {
			for (int i = 0; i < HELD; i++) {
				this.held.add(new Canary(this.queue));
			}
			this.jvmCountWhenMade = jvmCount;
			this.lived = 0;
		}
		if (this.lived >= HELD || jvmCount - this.jvmCountWhenMade >= JVM_COUNTS) {
			this.letGo = this.held.remove();
			this.letGo.object = null;
		}
	}

	/** The object that was let go has arrived on the queue. */
	void collected() {
		this.count++;
		this.letGo = null;
		this.held.add(new Canary(this.queue));
	}

	/**
	 * An object and the reference to it, which grow old together.
	 */
	static final class Canary extends WeakReference<Object> {

		/** Held here until it is let go. */
		@SuppressWarnings("UnusedVariable")
		private @Nullable Object object;

		Canary(ReferenceQueue<Object> queue) {
			this(new Object(), queue);
		}

		private Canary(Object object, ReferenceQueue<Object> queue) {
			super(object, queue);
			this.object = object;
		}

	}

}
