package io.weakref.sample.tile;

import java.time.Duration;

/**
 * Decides whether tiles are held for a while after their last use. There is no such bean
 * if the tiles are shared through Redis, because a near cache has no hold window.
 */
public interface HoldSwitch {

	/**
	 * Return whether tiles are held.
	 * @return whether they are
	 */
	boolean isHolding();

	/**
	 * Turn holding on or off. Live tiles stay the same instances. Turning it on counts as
	 * a use of each of them; turning it off lets go of all of them immediately.
	 * @param holding whether tiles are held from now on
	 */
	void setHolding(boolean holding);

	/**
	 * Return how long a tile is held after its last use.
	 * @return the time, positive
	 */
	Duration holdFor();

}
