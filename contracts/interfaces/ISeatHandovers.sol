// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SeatHandovers
/// @notice Who takes which seat: when a set is formed, and when a change hands seats over. Part of OperatorSets.
interface ISeatHandovers {
    event SetFormed(uint256 indexed setId, uint64 configuration, uint256[7] operatorIds);

    /// @notice From now on the incoming operators' bonds are locked: an attempt gives them shares that match, even if it
    /// is aborted.
    event IncomingNamed(uint256 indexed setId, uint64 generation, uint256[7] operatorIds);

    /// @notice The attempt of that generation was aborted; those who were incoming are treated as its leavers.
    event IncomingDropped(uint256 indexed setId, uint64 generation);

    /// @notice Members of `configuration` and later ones until the next event. Nodes fold the table from these and from
    /// SetFormed, by block hash.
    event MembersChanged(uint256 indexed setId, uint64 configuration, uint64 generation, uint256[7] operatorIds);

    error DuplicateOperator(uint256 operatorId);

    /// @notice Other operators are already named for a generation of this set.
    error GenerationPending(uint256 setId, uint64 generation);
    error NoGenerationPending(uint256 setId);

    /// @notice Numbers of generations rise, those of aborted attempts included.
    error GenerationNotNew(uint256 setId, uint64 generation);

    /// @notice A change moves three seats at most, *because* four of the old sharing must carry it on.
    error TooManyIncoming(uint256 incoming, uint256 maximum);

    /// @notice The set has too many former members whose bonds are still locked.
    error TooManyLeavers(uint256 setId, uint256 maximum);

    /// @notice Forms a set; seat i+1 goes to `operatorIds[i]`. Numbers start at 1, the configuration at 0. Only governance.
    function formSet(uint256[7] calldata operatorIds) external returns (uint256 setId);

    /// @notice Names the seven of the pending `generation`, in the order of seats; those who are not members now are
    /// incoming: eligible, bonded in full, at most three. A refresh names the present seven. Only SetChanges.
    function lockIncoming(uint256 setId, uint64 generation, uint256[7] calldata operatorIds) external;

    /// @notice The pending generation is aborted. Only SetChanges.
    function dropIncoming(uint256 setId) external;

    /// @notice The change was included: the seven that were named are the members from `configuration` on. Never reverts
    /// for a bond, *because* a change that four seats promised must not hang on a rate. Only SetChanges.
    function replaceSeats(uint256 setId, uint64 configuration) external;
}
