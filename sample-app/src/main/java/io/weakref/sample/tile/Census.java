package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.springframework.stereotype.Component;

/**
 * Counts tiles by what keeps them alive.
 */
@Component
public class Census {

	private final TileImages images;

	private final List<TileUser> users;

	Census(TileImages images, List<TileUser> users) {
		this.images = images;
		this.users = users;
	}

	/**
	 * Count the tiles. A cache reports how many values it holds, but not which. It lets
	 * go of the tiles whose last use was longest ago, so the tiles that it holds are
	 * taken to be those that were used last.
	 * @param held how many tiles the cache holds
	 * @return the counts
	 */
	public Count count(long held) {
		Set<BufferedImage> used = Collections.newSetFromMap(new IdentityHashMap<>());
		this.users.forEach((user) -> user.usedImages().forEach(used::add));
		long onlyHeld = this.images.lastUsedFirst().limit(held).filter((image) -> !used.contains(image)).count();
		return new Count(used.size(), onlyHeld);
	}

	/**
	 * How many tiles are kept alive, and by what.
	 *
	 * @param inUse how many are in use, whether the cache holds them or not
	 * @param onlyHeld how many are there only because the cache holds them
	 */
	public record Count(long inUse, long onlyHeld) {
	}

}
