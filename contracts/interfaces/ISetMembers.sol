// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SetMembers
/// @notice Who holds which seat, in every configuration that ever was. Part of OperatorSets.
interface ISetMembers {
    error SetNotFound(uint256 setId);

    /// @notice Seats are numbered 1 to 7.
    error InvalidSeat(uint256 seat);

    function governance() external view returns (address);
    function SEATS() external view returns (uint256);
    function THRESHOLD() external view returns (uint256);
    function QUORUM() external view returns (uint256);

    /// @notice Operator numbers by seat, of the latest configuration; reverts with SetNotFound.
    function members(uint256 setId) external view returns (uint256[7] memory operatorIds);

    /// @notice Operator numbers by seat in that configuration; leases and refreshes change none.
    function membersAt(uint256 setId, uint64 configuration) external view returns (uint256[7] memory operatorIds);

    /// @notice Holder of the seat in that configuration, for ever.
    function operatorAt(uint256 setId, uint64 configuration, uint256 seat) external view returns (uint256 operatorId);
    function isMember(uint256 setId, uint256 operatorId) external view returns (bool);

    /// @notice The set's present configuration as SetChanges numbers them.
    function configuration(uint256 setId) external view returns (uint64);
    function setCount() external view returns (uint256);

    /// @param seat 1 to 7, else InvalidSeat.
    function seatNodeKey(uint256 setId, uint256 seat) external view returns (address nodeKey);
    function seatNodeKeys(uint256 setId) external view returns (address[7] memory nodeKeys);

    /// @notice Seats that earn fees: bit `seat - 1`; all but those emptied by a fault or a notice that ran its course.
    function feeSeats(uint256 setId) external view returns (uint8 seats);

    /// @notice Bond in wei that one seat of the set needs: SeatBaseBondWei and SeatStakeBondBps of its stake.
    function seatRequirementWei(uint256 setId) external view returns (uint256);
}
