package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Counts the garbage collections of the old generation. The JVM does not report them with
 * every garbage collector: the beans of G1 do not count concurrent cycles before JDK 20.
 * <p>
 * If an object is held until it is in the old generation and then released, the weak
 * reference to it is cleared by the next garbage collection of that generation and by no
 * other. So {@value #HELD} objects are held, each with the weak reference to it. (If the
 * reference were young and the object old, the young garbage collections of generational
 * ZGC would follow the reference.) After the objects have survived {@value #HELD} garbage
 * collections, one is released. When its reference arrives on the queue, there was a
 * garbage collection of the old generation. A new object is then held in its place, and
 * the next one is released. The new object's turn comes only after {@value #HELD} such
 * garbage collections, so the object whose turn it is is always old, and no garbage
 * collection is missed in the meantime.
 * <p>
 * No garbage collector keeps an object young for more than 15 garbage collections.
 * Garbage collectors without generations examine the whole heap each time, so each of
 * their garbage collections counts.
 */
final class OldCollections {

	static final int HELD = 20;

	/**
	 * The maximum by which the JVM's count increases in {@value #HELD} young garbage
	 * collections: ZGC counts a cycle and three pauses each time.
	 */
	private static final int JVM_COUNTS = 4 * HELD;

	private final ReferenceQueue<Object> queue;

	private final Queue<Canary> held = new ArrayDeque<>();

	/**
	 * The released one. It must stay reachable itself: otherwise it would not arrive on
	 * the queue.
	 */
	private @Nullable Canary letGo;

	private int lived;

	private long jvmCountWhenMade;

	private int count;

	OldCollections(ReferenceQueue<Object> queue) {
		this.queue = queue;
	}

	/** The number of garbage collections of the old generation so far. */
	int count() {
		return this.count;
	}

	/** Record a garbage collection that clears references to young objects. */
	void youngCollected() {
		this.lived++;
	}

	/**
	 * Release an old object if none is released now.
	 * @param jvmCount the number of garbage collections according to the JVM
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

	/** The reference to the released object has arrived on the queue. */
	void collected() {
		this.count++;
		this.letGo = null;
		this.held.add(new Canary(this.queue));
	}

	/**
	 * An object and the reference to it, which age together.
	 */
	static final class Canary extends WeakReference<Object> {

		/** Held here until it is released. */
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
