package io.weakref.collection;

import io.weakref.cleaner.WeakCleaner;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * The calls on locks whose keys are in one bin, in a table that is about to grow. No
 * thread keeps a reference to a lock after a call. So {@code die} clears the locks that
 * are not pinned and that no call is using, as the garbage collector would.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "thread", gen = ThreadIdGen.class)
public class LockCalls {

	static final int KEYS = 2;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private static final Sample[] KEY = { new Sample(0, 1), new Sample(1, 1) };

	static {
		CLOSED.close();
	}

	private final WeakLocks<Sample> locks = WeakLocks.<Sample>builder().cleaner(CLOSED).build();

	/** Held, so that the next insertion makes the table grow. */
	private final Object[] fillers = new Object[7];

	/** The latest entry of each key; it holds the lock only while that is pinned. */
	private final @Nullable LockNode[] nodes = new @Nullable LockNode[KEYS];

	/**
	 * How many calls have the lock of a key on their stack. This array guards itself and
	 * the nodes.
	 */
	private final int[] uses = new int[KEYS];

	/** Written under the lock of the key only. */
	private final int[] counts = new int[KEYS];

	public LockCalls() {
		for (int i = 0; i < this.fillers.length; i++) {
			this.fillers[i] = this.locks.get(new Sample(100 + i));
		}
	}

	@Operation
	public boolean tryLock(@Param(name = "key") int key, @Param(name = "thread") int thread) {
		begin(key);
		try {
			return this.locks.tryLock(KEY[key]) != null;
		}
		finally {
			end(key);
		}
	}

	/**
	 * Increment the count that the lock of the key guards, if this thread holds the lock.
	 */
	@Operation
	public int count(@Param(name = "key") int key, @Param(name = "thread") int thread) {
		begin(key);
		try {
			KeyLock lock = (KeyLock) this.locks.get(KEY[key]);
			return lock.isHeldExclusively() ? ++this.counts[key] : -1;
		}
		finally {
			end(key);
		}
	}

	@Operation
	public boolean unlock(@Param(name = "key") int key, @Param(name = "thread") int thread) {
		begin(key);
		try {
			this.locks.get(KEY[key]).unlock();
			return true;
		}
		catch (IllegalMonitorStateException ex) {
			return false;
		}
		finally {
			end(key);
		}
	}

	@Operation
	public void purge() {
		this.locks.purge();
	}

	/** Do what the garbage collector does to a lock that nothing refers to. */
	@Operation
	public void die(@Param(name = "key") int key) {
		synchronized (this.uses) {
			LockNode node = this.nodes[key];
			if (this.uses[key] == 0 && node != null && node.pin == null) {
				node.clear();
			}
		}
	}

	private void begin(int key) {
		synchronized (this.uses) {
			this.uses[key]++;
		}
	}

	private void end(int key) {
		LockNode node = ((KeyLock) this.locks.get(KEY[key])).node;
		synchronized (this.uses) {
			this.uses[key]--;
			this.nodes[key] = node;
		}
	}

}
