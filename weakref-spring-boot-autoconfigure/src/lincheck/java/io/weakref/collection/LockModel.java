package io.weakref.collection;

import java.util.HashMap;
import java.util.Map;

/**
 * The sequential specification of the locks of keys. Its methods are those of
 * {@link LockCalls}.
 */
public class LockModel {

	private final Map<Integer, Integer> owners = new HashMap<>();

	private final Map<Integer, Integer> holds = new HashMap<>();

	private final int[] counts = new int[LockCalls.KEYS];

	public int count(int key, int thread) {
		return isHeldBy(key, thread) ? ++this.counts[key] : -1;
	}

	public boolean tryLock(int key, int thread) {
		if (this.owners.containsKey(key) && !isHeldBy(key, thread)) {
			return false;
		}
		this.owners.put(key, thread);
		this.holds.merge(key, 1, Integer::sum);
		return true;
	}

	public boolean unlock(int key, int thread) {
		if (!isHeldBy(key, thread)) {
			return false;
		}
		if (this.holds.merge(key, -1, Integer::sum) == 0) {
			this.owners.remove(key);
		}
		return true;
	}

	private boolean isHeldBy(int key, int thread) {
		return Integer.valueOf(thread).equals(this.owners.get(key));
	}

	public void die(int key) {
	}

	public void purge() {
	}

}
