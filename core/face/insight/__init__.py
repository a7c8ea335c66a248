"""InsightFace as the recogniser, from the extra ``insightface``, with models that an operator supplies."""
