"""Point → boundary: which boundaries a point lies in, and which is nearest, for many points.

Belongs here: the index of boundaries, the location of a batch of points in it, shares of
site polygons in boundaries. Pure: a polars frame or an Arrow batch in, a polars frame out.
Does not belong here: which boundary counts for a site, chances in nominal discs
(`assets.boundaries.versions`), and what is done with a share (METHOD 1.1 B6).
"""
