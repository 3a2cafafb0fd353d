// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SetChangeHooks
/// @notice What SetChanges, FaultCourt and ValidatorExits tell OperatorSets, of which this is a part. OperatorSets keeps
/// members and bonds; configuration numbers, generations and modes are SetChanges'.
interface ISetChangeHooks {
    /// @notice From now on the incoming operators' bonds are locked: an attempt gives them shares that match, even if it
    /// is aborted.
    event IncomingNamed(uint256 indexed setId, uint64 generation, uint256[7] operatorIds);

    /// @notice The attempt of that generation was aborted; those who were incoming are treated as its leavers.
    event IncomingDropped(uint256 indexed setId, uint64 generation);

    /// @notice Members of `configuration` and later ones until the next event. Nodes fold the table from these and from
    /// SetFormed, by block hash.
    event MembersChanged(uint256 indexed setId, uint64 configuration, uint64 generation, uint256[7] operatorIds);

    /// @notice The seat earns nothing, counts for no capacity, and its holder gets no new seat. It stays a member until an
    /// included change replaces it.
    event SeatEmptied(uint256 indexed setId, uint256 seat, uint256 indexed operatorId);

    /// @notice Other operators are already named for a generation of this set.
    error GenerationPending(uint256 setId, uint64 generation);
    error NoGenerationPending(uint256 setId);

    /// @notice Numbers of generations rise, those of aborted attempts included.
    error GenerationNotNew(uint256 setId, uint64 generation);

    /// @notice A change moves three seats at most, *because* four of the old sharing must carry it on.
    error TooManyIncoming(uint256 incoming, uint256 maximum);

    /// @notice The set has too many former members whose bonds are still locked.
    error TooManyLeavers(uint256 setId, uint256 maximum);
    error NotAMember(uint256 setId, uint256 operatorId);

    /// @notice Names the seven of the pending `generation`, in the order of seats; those who are not members now are
    /// incoming: eligible, bonded in full, at most three. A refresh names the present seven. Only SetChanges.
    function lockIncoming(uint256 setId, uint64 generation, uint256[7] calldata operatorIds) external;

    /// @notice The pending generation is aborted. Only SetChanges.
    function dropIncoming(uint256 setId) external;

    /// @notice The change was included: the seven that were named are the members from `configuration` on. Never reverts
    /// for a bond, *because* a change that four seats promised must not hang on a rate. Only SetChanges.
    function replaceSeats(uint256 setId, uint64 configuration) external;

    /// @notice A fault of the member was proven and charged. Nothing happens when it has left or was convicted in this set
    /// before. Only FaultCourt.
    function onConvicted(uint256 setId, uint256 operatorId) external;

    /// @notice Whether the set takes no new keys, requested or predeposited: a notice ran out, or a predeposit was lost
    /// and governance has not lifted the bar. (SetChanges.acceptsKeys adds: a generation is pending.)
    function isClosedToKeys(uint256 setId) external view returns (bool);
}
